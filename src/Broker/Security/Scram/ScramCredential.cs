namespace Broker.Security.Scram;

/// <summary>What the broker knows of one password: enough to check a proof, not enough to make one.</summary>
internal sealed record ScramCredential(byte[] Salt, byte[] StoredKey, byte[] ServerKey, int Iterations)
{
    public static ScramCredential From(ScramMechanism mechanism, byte[] salt, byte[] saltedPassword, int iterations) => new(
        salt,
        mechanism.Digest(mechanism.Hmac(saltedPassword, "Client Key"u8)),
        mechanism.Hmac(saltedPassword, "Server Key"u8),
        iterations);
}
