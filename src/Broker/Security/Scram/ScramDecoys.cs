using System.Security.Cryptography;
using System.Text;

namespace Broker.Security.Scram;

/// <summary>
/// Credentials for names that nobody has, so that asking with a name does not tell whether it exists: for each name always the same
/// salt, its length, alphabet and iterations those of some known user, and keys that no proof fits. Safe for use by any thread.
/// </summary>
/// <param name="seed">
/// What is kept for this; null to make one when it is first needed: a broker without SCRAM does without the memory of a crypto library.
/// </param>
internal sealed class ScramDecoys(byte[]? seed)
{
    private const int UsualSaltLength = 16;

    /// <summary>Kafka's tools make salts of these letters only.</summary>
    private const string KafkaSaltAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

    private byte[]? _seed = seed;
    private volatile ILookup<sbyte, ScramCredential> _known = Array.Empty<ScramCredential>().ToLookup(_ => (sbyte)0);

    public byte[] Seed => LazyInitializer.EnsureInitialized(ref _seed, static () => RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));

    /// <summary>Takes its examples from these.</summary>
    public void Resemble(IReadOnlyDictionary<ScramKey, ScramCredential> known) =>
        _known = known.OrderBy(c => c.Key.User, StringComparer.Ordinal).ToLookup(c => c.Key.Mechanism, c => c.Value);

    public ScramCredential Make(string user, ScramMechanism mechanism)
    {
        var derived = HMACSHA256.HashData(Seed, Encoding.UTF8.GetBytes($"{mechanism.Name} {user}"));
        var known = _known[mechanism.Type].ToList();
        var example = known.Count == 0 ? null : known[derived[^1] % known.Count];
        return new ScramCredential(
            Salt(derived, example?.Salt),
            RandomNumberGenerator.GetBytes(mechanism.HashLength),
            RandomNumberGenerator.GetBytes(mechanism.HashLength),
            example?.Iterations ?? ScramMechanism.MinIterations);
    }

    private static byte[] Salt(byte[] derived, byte[]? example)
    {
        var salt = new byte[example?.Length ?? UsualSaltLength];
        HKDF.Expand(HashAlgorithmName.SHA256, derived, salt, []);
        if (example is not null && Array.TrueForAll(example, b => KafkaSaltAlphabet.Contains((char)b, StringComparison.Ordinal)))
        {
            for (var i = 0; i < salt.Length; i++)
                salt[i] = (byte)KafkaSaltAlphabet[salt[i] % KafkaSaltAlphabet.Length];
        }

        return salt;
    }
}
