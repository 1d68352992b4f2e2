using System.Text.Json.Serialization;
using Broker.Storage;
using Broker.Topics;

namespace Broker.Security.Scram;

/// <summary>
/// The SCRAM users, kept in <c>scram.json</c> of the data directory: salts and salted keys, never a password. A change is durable
/// when its method returns; after an exception nothing has changed. Safe for use by any thread.
/// </summary>
internal sealed class ScramCredentials
{
    public const string FileName = "scram.json";

    private readonly Lock _lock = new();
    private readonly DataDirectory _directory;
    private readonly ScramDecoys _decoys;
    private volatile IReadOnlyDictionary<ScramKey, ScramCredential> _all;

    private ScramCredentials(DataDirectory directory, byte[]? seed, Dictionary<ScramKey, ScramCredential> all)
    {
        _directory = directory;
        _decoys = new ScramDecoys(seed);
        _all = all;
        _decoys.Resemble(all);
    }

    public IEnumerable<string> Users => _all.Keys.Select(k => k.User).Distinct().Order(StringComparer.Ordinal);

    /// <param name="directory">Locked by the caller.</param>
    /// <param name="users">Users to add where they are not known yet, as <see cref="ScramUser"/> reads them.</param>
    /// <exception cref="InvalidDataException">The file is there and is not what this broker writes.</exception>
    /// <exception cref="InvalidSettingException">A user cannot be read.</exception>
    public static ScramCredentials Open(DataDirectory directory, IEnumerable<string> users)
    {
        var file = StateFile.Read(directory, FileName, static () => ScramFileJson.Default.ScramFile);
        var credentials = new ScramCredentials(directory, file?.Seed, (file?.Credentials ?? []).ToDictionary(
            c => new ScramKey(c.User, c.Mechanism), c => new ScramCredential(c.Salt, c.StoredKey, c.ServerKey, c.Iterations)));

        var added = users.Select(ScramUser.Parse).Where(u => !credentials._all.ContainsKey(u.Key)).ToList();
        if (added.Count > 0)
            credentials.Change(all => added.ForEach(u => all[u.Key] = u.Credential));
        return credentials;
    }

    /// <summary>
    /// What to go on with for a name that a client claims. For an unknown one it is something that looks alike, took as long, and that
    /// no proof fits.
    /// </summary>
    public ScramCredential Claimed(string user, ScramMechanism mechanism)
    {
        var decoy = _decoys.Make(user, mechanism);
        return _all.GetValueOrDefault(new ScramKey(user, mechanism.Type)) ?? decoy;
    }

    public bool Knows(ScramKey key) => _all.ContainsKey(key);

    /// <summary>Every mechanism the user has a credential of, in order of number.</summary>
    public IReadOnlyList<(sbyte Mechanism, int Iterations)> Describe(string user) =>
        [.. _all.Where(c => c.Key.User == user).Select(c => (c.Key.Mechanism, c.Value.Iterations)).OrderBy(c => c.Mechanism)];

    /// <exception cref="IOException">The change could not be made durable.</exception>
    public void Change(Action<Dictionary<ScramKey, ScramCredential>> change)
    {
        lock (_lock)
        {
            var changed = _all.ToDictionary();
            change(changed);
            var entries = changed
                .OrderBy(c => c.Key.User, StringComparer.Ordinal).ThenBy(c => c.Key.Mechanism)
                .Select(c => new ScramFile.Entry(c.Key.User, c.Key.Mechanism, c.Value.Salt, c.Value.StoredKey, c.Value.ServerKey, c.Value.Iterations));
            StateFile.Replace(_directory, FileName, new ScramFile(_decoys.Seed, [.. entries]), ScramFileJson.Default.ScramFile);
            _all = changed;
            _decoys.Resemble(changed);
        }
    }
}

/// <summary>A user may have one credential for each mechanism.</summary>
internal readonly record struct ScramKey(string User, sbyte Mechanism);

/// <param name="Seed">Of the salts shown for users that do not exist.</param>
/// <param name="Credentials">One for each user and mechanism.</param>
internal sealed record ScramFile(byte[] Seed, IReadOnlyList<ScramFile.Entry> Credentials)
{
    internal sealed record Entry(string User, sbyte Mechanism, byte[] Salt, byte[] StoredKey, byte[] ServerKey, int Iterations);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ScramFile))]
internal sealed partial class ScramFileJson : JsonSerializerContext;
