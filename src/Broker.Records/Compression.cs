using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using Snappier;
using ZstdSharp;

namespace Broker.Records;

/// <summary>The writing side of the codecs, in the variants that Java's client reads: xerial snappy, lz4 frames of independent blocks.</summary>
internal static class Compression
{
    private static readonly LZ4EncoderSettings IndependentBlocks = new() { ChainBlocks = false };

    public static void Compress(CompressionType type, ReadOnlySpan<byte> records, Stream output)
    {
        switch (type)
        {
            case CompressionType.None:
                output.Write(records);
                break;
            case CompressionType.Gzip:
                using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
                    gzip.Write(records);
                break;
            case CompressionType.Snappy:
                var block = Snappy.CompressToArray(records);
                SnappyFraming.WriteHeader(output, block.Length);
                output.Write(block);
                break;
            case CompressionType.Lz4:
                using (var lz4 = LZ4Stream.Encode(output, IndependentBlocks, leaveOpen: true))
                    lz4.Write(records);
                break;
            case CompressionType.Zstd:
                using (var zstd = new Compressor())
                    output.Write(zstd.Wrap(records));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Not a codec of record batches.");
        }
    }
}
