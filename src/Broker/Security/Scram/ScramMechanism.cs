using System.Security.Cryptography;

namespace Broker.Security.Scram;

/// <summary>One of the two hash functions SCRAM is used with here, and Kafka's limits on iterations (RFC 7677 asks for 4,096 at least).</summary>
internal sealed record ScramMechanism(string Name, sbyte Type, HashAlgorithmName Hash, int HashLength)
{
    public const int MinIterations = 4096;
    public const int MaxIterations = 16384;

    public static ScramMechanism Sha256 { get; } = new("SCRAM-SHA-256", 1, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);

    public static ScramMechanism Sha512 { get; } = new("SCRAM-SHA-512", 2, HashAlgorithmName.SHA512, SHA512.HashSizeInBytes);

    public static ScramMechanism? ByName(string name) => name switch { "SCRAM-SHA-256" => Sha256, "SCRAM-SHA-512" => Sha512, _ => null };

    /// <param name="type">The number of the protocol.</param>
    public static ScramMechanism? ByType(sbyte type) => type switch { 1 => Sha256, 2 => Sha512, _ => null };

    public byte[] Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message) => CryptographicOperations.HmacData(Hash, key, message);

    public byte[] Digest(ReadOnlySpan<byte> bytes) => CryptographicOperations.HashData(Hash, bytes);

    /// <summary>RFC 5802's Hi. As in Kafka and its client, a password is taken as its UTF-8 bytes, without SASLprep.</summary>
    public byte[] Salt(string password, byte[] salt, int iterations) => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, Hash, HashLength);
}
