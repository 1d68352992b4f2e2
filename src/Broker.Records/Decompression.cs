using System.Buffers;
using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using Snappier;
using ZstdSharp;

namespace Broker.Records;

/// <summary>
/// The four codecs, reading hostile input. Output grows as bytes come out, never by a length the input announces, and
/// stops at a limit: <see cref="MaxRatio"/> times the input, but at least <see cref="MinLimit"/> and at most <see cref="MaxBytes"/>.
/// </summary>
public static class Decompression
{
    public const int MaxBytes = 128 * 1024 * 1024;
    public const int MaxRatio = 1000;
    public const int MinLimit = 4 * 1024 * 1024;

    private const int FirstOutputSize = 64 * 1024;

    [ThreadStatic]
    private static Decompressor? _zstd;

    internal static DecompressedRecords Decompress(CompressionType type, ReadOnlySpan<byte> payload)
    {
        var limit = (int)Math.Clamp((long)payload.Length * MaxRatio, MinLimit, MaxBytes);
        try
        {
            return type switch
            {
                CompressionType.Gzip => FromStream(payload, limit, static input => new GZipStream(input, CompressionMode.Decompress)),
                CompressionType.Snappy => FromSnappy(payload, limit),
                CompressionType.Lz4 => FromStream(payload, limit, static input => LZ4Stream.Decode(input)),
                CompressionType.Zstd => FromZstd(payload, limit),
                _ => new DecompressedRecords(BatchFault.Undecompressable),
            };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Four foreign decoders, each with its own set of exceptions for damaged input, some of them undocumented.
            return new DecompressedRecords(BatchFault.Undecompressable);
        }
    }

    private static DecompressedRecords FromStream(ReadOnlySpan<byte> payload, int limit, Func<Stream, Stream> open)
    {
        var input = ArrayPool<byte>.Shared.Rent(payload.Length);
        var output = ArrayPool<byte>.Shared.Rent(FirstOutputSize);
        try
        {
            payload.CopyTo(input);
            using var decoder = open(new MemoryStream(input, 0, payload.Length, writable: false));
            var length = 0;
            int read;
            while ((read = decoder.Read(output, length, output.Length - length)) > 0)
            {
                length += read;
                if (length > limit)
                    return new DecompressedRecords(BatchFault.TooLarge);
                if (length == output.Length)
                    Grow(ref output, length);
            }

            var records = new DecompressedRecords(output, length);
            output = null;
            return records;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
            if (output is not null)
                ArrayPool<byte>.Shared.Return(output);
        }
    }

    /// <summary>One shot into an output that grows: zstd's streaming mode would allocate the window that the frame announces.</summary>
    private static DecompressedRecords FromZstd(ReadOnlySpan<byte> payload, int limit)
    {
        var decoder = _zstd ??= new Decompressor();
        for (long size = FirstOutputSize; ; size *= 4)
        {
            var output = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, limit));
            var keep = false;
            try
            {
                if (decoder.TryUnwrap(payload, output, out var length))
                {
                    keep = length <= limit;
                    return keep ? new DecompressedRecords(output, length) : new DecompressedRecords(BatchFault.TooLarge);
                }

                if (output.Length >= limit)
                    return new DecompressedRecords(BatchFault.TooLarge);
            }
            finally
            {
                if (!keep)
                    ArrayPool<byte>.Shared.Return(output);
            }
        }
    }

    private static DecompressedRecords FromSnappy(ReadOnlySpan<byte> payload, int limit)
    {
        var output = ArrayPool<byte>.Shared.Rent(FirstOutputSize);
        try
        {
            var length = 0;
            if (!SnappyFraming.HasHeader(payload))
            {
                AppendSnappyBlock(payload, limit, ref output, ref length);
            }
            else
            {
                var rest = payload[SnappyFraming.HeaderSize..];
                while (!rest.IsEmpty)
                    AppendSnappyBlock(SnappyFraming.TakeBlock(ref rest), limit, ref output, ref length);
            }

            if (length > limit)
                return new DecompressedRecords(BatchFault.TooLarge);
            var records = new DecompressedRecords(output, length);
            output = null;
            return records;
        }
        finally
        {
            if (output is not null)
                ArrayPool<byte>.Shared.Return(output);
        }
    }

    /// <summary>Leaves <paramref name="length"/> above <paramref name="limit"/>, with nothing written, where the block does not fit.</summary>
    private static void AppendSnappyBlock(ReadOnlySpan<byte> block, int limit, ref byte[] output, ref int length)
    {
        if (length > limit)
            return;
        var announced = Snappy.GetUncompressedLength(block);
        if (announced < 0 || announced > SnappyFraming.MaxUncompressedLength(block.Length))
            throw new InvalidDataException("The block announces more than its bytes can hold.");
        if (announced > limit - length)
        {
            length = limit + 1;
            return;
        }

        while (output.Length - length < announced)
            Grow(ref output, length);
        length += Snappy.Decompress(block, output.AsSpan(length));
    }

    private static void Grow(ref byte[] output, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(output.Length * 2);
        output.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(output);
        output = larger;
    }
}
