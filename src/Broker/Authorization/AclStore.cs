using System.Text.Json.Serialization;
using Broker.Storage;
using Broker.Topics;

namespace Broker.Authorization;

/// <summary>
/// The entries of <c>acls.json</c>, replaced whole with every change. Readers see one snapshot after another, without a lock;
/// changes come one at a time and are on disk before they count. Safe for use by any thread.
/// </summary>
internal sealed class AclStore
{
    public const string FileName = "acls.json";

    private readonly Lock _changing = new();
    private readonly DataDirectory _directory;
    private volatile AclIndex _entries;

    private AclStore(DataDirectory directory, AclIndex entries) => (_directory, _entries) = (directory, entries);

    public AclIndex Entries => _entries;

    /// <exception cref="InvalidDataException">The file is there and is not what this broker writes.</exception>
    public static AclStore Open(DataDirectory directory) =>
        new(directory, new AclIndex(StateFile.Read(directory, FileName, static () => AclFileJson.Default.AclFile)?.Acls ?? []));

    /// <summary>Adds what is not there yet.</summary>
    /// <exception cref="IOException">Nothing was changed.</exception>
    public void Add(IReadOnlyCollection<AclBinding> entries)
    {
        lock (_changing)
        {
            var known = _entries.All.ToHashSet();
            Replace([.. _entries.All, .. entries.Where(known.Add)]);
        }
    }

    /// <summary>Removes what any of the filters matches.</summary>
    /// <returns>For each filter what it matched.</returns>
    /// <exception cref="IOException">Nothing was changed.</exception>
    public IReadOnlyList<IReadOnlyList<AclBinding>> Remove(IReadOnlyCollection<AclFilter> filters)
    {
        lock (_changing)
        {
            var matched = filters.Select(f => _entries.All.Where(f.Matches).ToList()).ToList();
            var removed = matched.SelectMany(m => m).ToHashSet();
            Replace([.. _entries.All.Where(e => !removed.Contains(e))]);
            return matched;
        }
    }

    private void Replace(List<AclBinding> entries)
    {
        if (entries.Count == _entries.All.Count)
            return;

        StateFile.Replace(_directory, FileName, new AclFile(entries), AclFileJson.Default.AclFile);
        _entries = new AclIndex(entries);
    }
}

internal sealed record AclFile(IReadOnlyList<AclBinding> Acls);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AclFile))]
internal sealed partial class AclFileJson : JsonSerializerContext;
