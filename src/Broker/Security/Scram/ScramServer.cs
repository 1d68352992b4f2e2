using System.Security.Cryptography;
using System.Text;
using Broker.Security.Sasl;

namespace Broker.Security.Scram;

/// <summary>
/// SCRAM (RFC 5802, 7677) without channel binding. A name that nobody has goes through the same exchange and fails at its end, with
/// the same words as a wrong proof.
/// </summary>
internal sealed class ScramServer(ScramMechanism mechanism, ScramCredentials credentials) : ISaslServer
{
    private const int NonceLength = 24;

    private readonly string _invalid = $"Authentication failed during authentication due to invalid credentials with SASL mechanism {mechanism.Name}";
    private ScramClientFirst? _first;
    private ScramCredential? _claimed;
    private string _nonce = "";
    private string _serverFirst = "";

    public SaslStep Next(ReadOnlySpan<byte> token) => _first is null ? First(token) : Final(token, _first, _claimed!);

    private SaslStep First(ReadOnlySpan<byte> token)
    {
        if (ScramClientFirst.TryParse(token) is not { } first)
            return SaslStep.Refuse($"Authentication failed: the first message is not of {mechanism.Name}.");
        if (first.ActFor is { Length: > 0 } actFor && actFor != first.User)
            return SaslStep.Refuse("Authentication failed: Client requested an authorization id that is different from username");

        _first = first;
        _claimed = credentials.Claimed(first.User, mechanism);
        _nonce = first.Nonce + Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceLength));
        _serverFirst = $"r={_nonce},s={Convert.ToBase64String(_claimed.Salt)},i={_claimed.Iterations}";
        return SaslStep.Continue(Encoding.UTF8.GetBytes(_serverFirst));
    }

    private SaslStep Final(ReadOnlySpan<byte> token, ScramClientFirst first, ScramCredential claimed)
    {
        // CVE-2024-56128: the nonce must be the one issued here, or a recorded exchange could be played again.
        if (ScramClientFinal.TryParse(token) is not { } final
            || final.ChannelBinding != first.Gs2Header
            || final.Nonce != _nonce
            || final.Proof.Length != mechanism.HashLength)
            return SaslStep.Refuse(_invalid);

        var message = Encoding.UTF8.GetBytes($"{first.Bare},{_serverFirst},{final.WithoutProof}");
        var clientKey = mechanism.Hmac(claimed.StoredKey, message);
        for (var i = 0; i < clientKey.Length; i++)
            clientKey[i] ^= final.Proof[i];

        return CryptographicOperations.FixedTimeEquals(mechanism.Digest(clientKey), claimed.StoredKey)
            ? SaslStep.Done(first.User, Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(mechanism.Hmac(claimed.ServerKey, message))}"))
            : SaslStep.Refuse(_invalid);
    }
}
