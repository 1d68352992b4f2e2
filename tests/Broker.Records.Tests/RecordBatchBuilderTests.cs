using System.Buffers.Binary;
using System.Text;
using CsCheck;

namespace Broker.Records.Tests;

public sealed class RecordBatchBuilderTests
{
    public static TheoryData<CompressionType> Codecs => [CompressionType.None, CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    [Fact]
    public void the_bytes_of_a_small_batch()
    {
        var batch = new RecordBatchBuilder { ProducerId = 9, ProducerEpoch = 1, BaseSequence = 4 }
            .Add(1000, "k"u8.ToArray(), "v1"u8.ToArray(), new RecordHeader("h", [7]))
            .Add(1003, null, null)
            .Build();

        Assert.Equal(
            "0000000000000000" // base offset
            + "00000046" // length: 70 of 82
            + "FFFFFFFF" // leader epoch
            + "02" // magic
            + Convert.ToHexString(batch, 17, 4) // the checksum, by its own vectors
            + "0000" // attributes
            + "00000001" // last offset delta
            + "00000000000003E8" // base timestamp
            + "00000000000003EB" // largest timestamp
            + "0000000000000009" // producer id
            + "0001" // producer epoch
            + "00000004" // base sequence
            + "00000002" // records
            + "1A" + "00" + "00" + "00" + "026B" + "047631" + "02" + "0268" + "0207" // 13 bytes
            + "0C" + "00" + "06" + "02" + "01" + "01" + "00", // 6 bytes
            Convert.ToHexString(batch));
        Assert.Equal(Crc32C.Compute(batch.AsSpan(21)), BinaryPrimitives.ReadUInt32BigEndian(batch.AsSpan(17)));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void records_come_back_as_they_were_added(CompressionType compression)
    {
        var bytes = Gen.Byte.Array[0, 40].Null();
        var header = Gen.Select(Gen.Char.AlphaNumeric.Array[0, 8], bytes, (key, value) => new RecordHeader(new string(key), value));
        var record = Gen.Select(Gen.Long[-1, 4_000_000_000_000], bytes, bytes, header.Array[0, 4]);
        record.Array[1, 30].Sample(
            records =>
            {
                var builder = new RecordBatchBuilder(compression) { BaseOffset = 70 };
                foreach (var (timestamp, key, value, headers) in records)
                    builder.Add(timestamp, key, value, headers);
                var batch = builder.Build();

                Assert.Equal(BatchFault.None, RecordBatch.Validate(batch, out var batchHeader, out var contents));
                Assert.Equal(records.Max(r => r.Item1), contents.MaxTimestamp);
                Assert.Equal(contents.MaxTimestamp, batchHeader.MaxTimestamp);
                Assert.Equal(Array.FindIndex(records, r => r.Item2 is null), contents.FirstIndexWithoutKey);

                using var reader = new RecordReader(batch);
                for (var i = 0; i < records.Length; i++)
                {
                    Assert.True(reader.Read(out var read));
                    var (timestamp, key, value, headers) = records[i];
                    Assert.Equal((70 + i, timestamp), (read.Offset, read.Timestamp));
                    Assert.Equal(key, read.HasKey ? read.Key.ToArray() : null);
                    Assert.Equal(value, read.HasValue ? read.Value.ToArray() : null);
                    Assert.Equal(Describe(headers), Describe(read.ReadHeaders()));
                }

                Assert.False(reader.Read(out _));
                Assert.Equal(BatchFault.None, reader.Fault);
            },
            iter: 200);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void megabytes_survive_compression(CompressionType compression)
    {
        var value = new byte[3_000_000];
        new Random(1).NextBytes(value.AsSpan(0, 1_000_000));
        var batch = new RecordBatchBuilder(compression).Add(1, null, value).Add(2, null, value).Build();

        Assert.Equal(BatchFault.None, RecordBatch.Validate(batch, out _));
        using var reader = new RecordReader(batch);
        Assert.True(reader.Read(out var first) && first.Value.SequenceEqual(value));
        Assert.True(reader.Read(out var second) && second.Value.SequenceEqual(value));
    }

    [Fact]
    public void an_end_of_transaction_is_one_control_record()
    {
        var batch = RecordBatchBuilder.EndTransactionMarker(1000, 9, 2, commit: true, coordinatorEpoch: 5);

        Assert.True(RecordBatch.IsIntact(batch, out var header));
        Assert.True(header.IsControl && header.IsTransactional);
        Assert.Equal((9L, (short)2, -1, 1), (header.ProducerId, header.ProducerEpoch, header.BaseSequence, header.RecordCount));
        using var reader = new RecordReader(batch);
        Assert.True(reader.Read(out var record));
        Assert.Equal("00000001", Convert.ToHexString(record.Key));
        Assert.Equal("000000000005", Convert.ToHexString(record.Value));
    }

    [Fact]
    public void an_empty_batch_cannot_be_built() => Assert.Throws<InvalidOperationException>(() => new RecordBatchBuilder().Build());

    [Fact]
    public void under_log_append_time_every_record_has_the_batchs_timestamp()
    {
        var batch = new RecordBatchBuilder().Add(5, null, []).Add(6, null, []).Build();

        RecordBatch.SetTimestamps(batch, TimestampType.LogAppendTime, 9000);

        Assert.True(RecordBatch.IsIntact(batch, out _));
        using var reader = new RecordReader(batch);
        while (reader.Read(out var record))
            Assert.Equal(9000, record.Timestamp);
    }

    private static string Describe(RecordHeader[] headers)
    {
        var text = new StringBuilder();
        foreach (var header in headers)
            text.Append(header.Key).Append('=').Append(header.Value is null ? "null" : Convert.ToHexString(header.Value)).Append(';');
        return text.ToString();
    }
}
