using System.Security.Cryptography;
using System.Text;

namespace Broker.Security.Sasl;

/// <summary>The users of PLAIN on one listener. Holds no password, only keyed digests, which also have one length to compare.</summary>
internal sealed class PlainUsers
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
    private readonly byte[] _nobody = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
    private readonly Dictionary<string, byte[]> _digests;

    public PlainUsers(IEnumerable<KeyValuePair<string, string>> passwords) =>
        _digests = passwords.ToDictionary(p => p.Key, p => Digest(Encoding.UTF8.GetBytes(p.Value)), StringComparer.Ordinal);

    /// <summary>Takes the same time for a wrong password as for a wrong name (CVE-2021-38153).</summary>
    public bool Has(string user, ReadOnlySpan<byte> password) =>
        CryptographicOperations.FixedTimeEquals(Digest(password), _digests.GetValueOrDefault(user, _nobody));

    private byte[] Digest(ReadOnlySpan<byte> password) => HMACSHA256.HashData(_key, password);
}
