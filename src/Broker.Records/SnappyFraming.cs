using System.Buffers.Binary;

namespace Broker.Records;

/// <summary>
/// The framing of Java's snappy streams (xerial): 8 bytes of magic, two 32-bit versions, then blocks, each behind its
/// 32-bit length. Other clients send one raw block without any of it.
/// </summary>
internal static class SnappyFraming
{
    public const int HeaderSize = 16;

    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    public static bool HasHeader(ReadOnlySpan<byte> payload) => payload.Length >= HeaderSize && payload.StartsWith(Magic);

    /// <exception cref="InvalidDataException">The length is missing, negative or beyond the end.</exception>
    public static ReadOnlySpan<byte> TakeBlock(ref ReadOnlySpan<byte> rest)
    {
        if (!BinaryPrimitives.TryReadInt32BigEndian(rest, out var length) || length < 0 || length > rest.Length - sizeof(int))
            throw new InvalidDataException("A snappy block runs past the end of its frame.");
        var block = rest.Slice(sizeof(int), length);
        rest = rest[(sizeof(int) + length)..];
        return block;
    }

    /// <summary>The format's densest element makes 64 bytes of 3, so a larger claim is a lie and needs no buffer.</summary>
    public static long MaxUncompressedLength(int blockLength) => blockLength * 22L;

    public static void WriteHeader(Stream output, int blockLength)
    {
        Span<byte> header = stackalloc byte[HeaderSize + sizeof(int)];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], Version);
        BinaryPrimitives.WriteInt32BigEndian(header[HeaderSize..], blockLength);
        output.Write(header);
    }
}
