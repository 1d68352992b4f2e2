using CsCheck;

namespace Broker.Records.Tests;

public sealed class HostileBytesTests
{
    /// <summary>What one validation may allocate besides what really comes out of the payload: decoder state, lz4's block buffers of 4 MiB.</summary>
    private const long AllocationBound = 20 * 1024 * 1024;

    private static readonly Gen<CompressionType> Codec =
        Gen.OneOfConst(CompressionType.None, CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd);

    [Fact]
    public void random_bytes_never_throw() =>
        Gen.Byte.Array[0, 300].Sample(bytes => Touch(bytes), iter: 20_000);

    [Fact]
    public void random_payloads_behind_a_valid_header_never_throw() =>
        Gen.Select(Codec, Gen.Byte.Array[0, 200], Gen.Int[1, 1000]).Sample(
            (codec, payload, count) => Touch(RecordBatchValidationTests.WithPayload(codec, payload, count)),
            iter: 20_000);

    [Fact]
    public void damaged_payloads_behind_a_right_checksum_never_throw_nor_allocate_by_what_they_announce()
    {
        var damage = Gen.Select(Gen.Int[0, 100_000], Gen.Byte).Array[1, 4];
        Gen.Select(Codec, damage, Gen.Int[0, 100_000]).Sample(
            (codec, changes, cut) =>
            {
                var builder = new RecordBatchBuilder(codec);
                for (var i = 0; i < 20; i++)
                    builder.Add(1000 + i, "key"u8.ToArray(), new byte[100], new RecordHeader("name", "value"u8.ToArray()));
                var payload = builder.Build().AsSpan(RecordBatchHeader.Size).ToArray();
                foreach (var (position, value) in changes)
                    payload[position % payload.Length] ^= value;
                if (cut % 3 == 0)
                    payload = payload[..(cut % payload.Length)];

                var before = GC.GetAllocatedBytesForCurrentThread();
                Touch(RecordBatchValidationTests.WithPayload(codec, payload, 20));
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocationBound);
            },
            iter: 5_000);
    }

    private static void Touch(byte[] batch)
    {
        RecordBatch.Validate(batch, out _, out _);
        RecordBatch.IsIntact(batch, out _);
        using var reader = new RecordReader(batch);
        while (reader.Read(out var record))
            record.ReadHeaders();
    }
}
