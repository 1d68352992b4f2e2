using Broker.Records;

namespace Broker.Fuzz.Targets;

/// <summary>Batches of each codec whose compressed part is damaged and whose checksum is right: what only the decoder can find.</summary>
internal static class CompressedTarget
{
    public static FuzzTarget Create() => new("compressed", [.. Built(), .. Corpus.Read("compressed")], Run, MaxAllocated);

    private static void Run(byte[] input)
    {
        BatchTarget.Seal(input);
        BatchTarget.Walk(input);
    }

    /// <summary>Output doubles until its limit, and each of the two walks decompresses: at most four times the limit in all, and what a decoder is made of.</summary>
    private static long MaxAllocated(int length) =>
        (16L << 20) + (8L * Math.Clamp((long)length * Decompression.MaxRatio, Decompression.MinLimit, Decompression.MaxBytes));

    private static IEnumerable<byte[]> Built()
    {
        foreach (var codec in (CompressionType[])[CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd])
        {
            yield return new RecordBatchBuilder(codec).Add(1_000, "key"u8.ToArray(), "value"u8.ToArray()).Build();
            var many = new RecordBatchBuilder(codec);
            for (var i = 0; i < 50; i++)
                many.Add(1_000 + i, [(byte)i], new byte[i * 7]);
            yield return many.Build();
        }
    }
}
