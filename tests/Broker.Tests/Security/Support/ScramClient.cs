using System.Security.Cryptography;
using System.Text;

namespace Broker.Tests.Security.Support;

/// <summary>The client's side of SCRAM, written from RFC 5802 and checked against the example of RFC 7677.</summary>
internal sealed class ScramClient(string user, string password, HashAlgorithmName hash, string nonce)
{
    private string _message = "";
    private byte[] _salted = [];

    public string Header { get; init; } = "n,,";

    private string Bare => $"n={user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={nonce}";

    public byte[] First() => Encoding.UTF8.GetBytes(Header + Bare);

    /// <param name="serverFirst">The server's answer.</param>
    /// <param name="forgedNonce">Sent in place of the server's.</param>
    /// <param name="forgedHeader">Sent in place of the own one.</param>
    public byte[] Final(string serverFirst, string? forgedNonce = null, string? forgedHeader = null)
    {
        var fields = serverFirst.Split(',').ToDictionary(f => f[0], f => f[2..]);
        var iterations = int.Parse(fields['i'], System.Globalization.CultureInfo.InvariantCulture);
        var length = hash == HashAlgorithmName.SHA512 ? 64 : 32;
        _salted = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(fields['s']), iterations, hash, length);

        var withoutProof = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(forgedHeader ?? Header))},r={forgedNonce ?? fields['r']}";
        _message = $"{Bare},{serverFirst},{withoutProof}";
        var clientKey = Hmac(_salted, "Client Key");
        var signature = Hmac(CryptographicOperations.HashData(hash, clientKey), _message);
        var proof = clientKey.Zip(signature, (k, s) => (byte)(k ^ s)).ToArray();
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    /// <summary>What a server that knows the password ends with.</summary>
    public string ServerFinal() => $"v={Convert.ToBase64String(Hmac(Hmac(_salted, "Server Key"), _message))}";

    private byte[] Hmac(byte[] key, string message) => CryptographicOperations.HmacData(hash, key, Encoding.UTF8.GetBytes(message));
}
