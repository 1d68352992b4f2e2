using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using K4os.Compression.LZ4.Streams;
using ZstdSharp;

namespace Broker.Records.Tests;

/// <summary>What Kafka answers to each of these is listed in the project's notes on the protocol's edges.</summary>
public sealed class RecordBatchValidationTests
{
    [Fact]
    public void a_good_batch_passes() => Assert.Equal(BatchFault.None, RecordBatch.Validate(Good(), out _));

    [Fact]
    public void no_bytes_at_all_are_invalid() => Assert.Equal(BatchFault.Invalid, RecordBatch.Validate([], out _));

    [Fact]
    public void less_than_a_header_is_corrupt()
    {
        for (var length = 1; length < RecordBatchHeader.Size; length++)
            Assert.Equal(BatchFault.Corrupt, RecordBatch.Validate(Good().AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void another_magic_is_corrupt(byte magic) => Assert.Equal(BatchFault.Corrupt, Fault(batch => batch[16] = magic));

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(0)]
    [InlineData(48)]
    public void a_length_too_short_for_a_header_is_corrupt(int length) =>
        Assert.Equal(BatchFault.Corrupt, Fault(batch => BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), length)));

    [Fact]
    public void a_length_beyond_the_bytes_is_invalid()
    {
        Assert.Equal(BatchFault.Invalid, Fault(batch => BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), int.MaxValue)));
        Assert.Equal(BatchFault.Invalid, RecordBatch.Validate(Good().AsSpan()[..^1], out _));
    }

    [Fact]
    public void two_batches_are_invalid() => Assert.Equal(BatchFault.Invalid, RecordBatch.Validate([.. Good(), .. Good()], out _));

    [Fact]
    public void any_damaged_byte_under_the_checksum_is_corrupt()
    {
        var good = Good();
        for (var position = 17; position < good.Length; position++)
        {
            var damaged = (byte[])good.Clone();
            damaged[position] ^= 0x10;
            Assert.Equal(BatchFault.Corrupt, RecordBatch.Validate(damaged, out _));
        }
    }

    [Fact]
    public void offset_and_leader_epoch_may_change_without_a_new_checksum()
    {
        var batch = Good();
        RecordBatch.SetBaseOffset(batch, 123_456_789_012, 17);

        Assert.Equal(BatchFault.None, RecordBatch.Validate(batch, out var header));
        Assert.Equal((123_456_789_012, 17), (header.BaseOffset, header.PartitionLeaderEpoch));
    }

    [Fact]
    public void a_control_batch_from_a_client_is_invalid()
    {
        Assert.Equal(BatchFault.Invalid, Resigned(batch => batch[22] |= 0x20));
        Assert.Equal(BatchFault.Invalid, RecordBatch.Validate(RecordBatchBuilder.EndTransactionMarker(1, 1, 1, commit: true, 0), out _));
    }

    [Fact]
    public void a_client_may_not_claim_log_append_time() => Assert.Equal(BatchFault.InvalidTimestamp, Resigned(batch => batch[22] |= 0x08));

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void an_unknown_codec_is_undecompressable(byte codec) => Assert.Equal(BatchFault.Undecompressable, Resigned(batch => batch[22] |= codec));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, -1)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(3, 1)]
    [InlineData(int.MinValue, int.MaxValue)]
    [InlineData(int.MaxValue, int.MaxValue - 1)]
    public void counts_that_do_not_fit_are_invalid(int count, int lastOffsetDelta) =>
        Assert.Equal(BatchFault.Invalid, Resigned(batch =>
        {
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(23), lastOffsetDelta);
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(57), count);
        }));

    [Fact]
    public void fewer_records_announced_than_there_are_is_invalid() =>
        Assert.Equal(BatchFault.Invalid, Resigned(batch =>
        {
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(23), 0);
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(57), 1);
        }));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public void a_producer_id_needs_sequence_and_epoch(int sequence, short epoch)
    {
        var batch = new RecordBatchBuilder { ProducerId = 1, ProducerEpoch = epoch, BaseSequence = sequence }.Add(1, null, []).Build();

        Assert.Equal(BatchFault.Invalid, RecordBatch.Validate(batch, out _));
    }

    [Fact]
    public void a_transaction_needs_a_producer_id() =>
        Assert.Equal(BatchFault.Invalid, RecordBatch.Validate(new RecordBatchBuilder { IsTransactional = true }.Add(1, null, []).Build(), out _));

    [Theory]
    [InlineData("0C000004010100", "offset delta 2")]
    [InlineData("0C000002010100", "offset delta 1")]
    [InlineData("0E000000010100", "one byte short of its length")]
    [InlineData("0A0000000101", "the count of headers missing")]
    [InlineData("0C000000030100", "a key of length -2")]
    [InlineData("1000000080FA010100", "a key of 16000 bytes")]
    [InlineData("0C000000010101", "a negative count of headers")]
    [InlineData("0C0000000101FE", "a count of headers that does not end")]
    [InlineData("120000000101FEFFFF07", "16 million headers")]
    [InlineData("100000000101020101", "a header without a key")]
    [InlineData("FFFFFFFF0F", "a length of int.MinValue")]
    [InlineData("FEFFFFFF0F", "a length of int.MaxValue")]
    [InlineData("01", "a length of -1")]
    [InlineData("", "no record at all")]
    [InlineData("0E00000001010000", "a byte inside the record that belongs to nothing")]
    [InlineData("0C00000001010000", "a byte behind the last record")]
    public void a_malformed_record_is_invalid(string record, string what)
    {
        var batch = WithPayload(CompressionType.None, Convert.FromHexString(record), count: 1);

        Assert.True(RecordBatch.Validate(batch, out _) == BatchFault.Invalid, what);
        using var reader = new RecordReader(batch);
        while (reader.Read(out _))
        {
        }
    }

    [Fact]
    public void the_smallest_record_is_valid() =>
        Assert.Equal(BatchFault.None, RecordBatch.Validate(WithPayload(CompressionType.None, Convert.FromHexString("0C000000010100"), count: 1), out _));

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void a_payload_its_codec_cannot_read_is_undecompressable(CompressionType compression)
    {
        Assert.Equal(BatchFault.Undecompressable, RecordBatch.Validate(WithPayload(compression, "this is no compressed payload at all"u8, count: 1), out _));
        var batch = WithPayload(compression, "this is no compressed payload at all"u8, count: 1);
        using var reader = new RecordReader(batch);
        Assert.False(reader.Read(out _));
        Assert.Equal(BatchFault.Undecompressable, reader.Fault);
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void a_bomb_is_too_large(CompressionType compression)
    {
        using var bomb = new MemoryStream();
        Compression.Compress(compression, new byte[Decompression.MaxBytes + 1], bomb);

        Assert.Equal(BatchFault.TooLarge, RecordBatch.Validate(WithPayload(compression, bomb.ToArray(), count: 1), out _));
    }

    [Fact]
    public void a_small_payload_may_grow_to_megabytes_but_not_without_end()
    {
        using var zstd = new Compressor();

        Assert.Equal(BatchFault.Invalid, RecordBatch.Validate(WithPayload(CompressionType.Zstd, zstd.Wrap(new byte[Decompression.MinLimit]), count: 1), out _));
        Assert.Equal(BatchFault.TooLarge, RecordBatch.Validate(WithPayload(CompressionType.Zstd, zstd.Wrap(new byte[Decompression.MinLimit + 1]), count: 1), out _));
    }

    [Fact]
    public void a_snappy_block_that_announces_gigabytes_is_refused_before_anything_is_allocated()
    {
        byte[] liar = [0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00, 0x41];
        var batch = WithPayload(CompressionType.Snappy, liar, count: 1);
        RecordBatch.Validate(batch, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(BatchFault.Undecompressable, RecordBatch.Validate(batch, out _));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void snappy_is_read_raw_and_in_javas_framing(bool framed)
    {
        var records = Convert.FromHexString("0C000000010100");
        var block = Snappier.Snappy.CompressToArray(records);
        using var payload = new MemoryStream();
        if (framed)
            SnappyFraming.WriteHeader(payload, block.Length);
        payload.Write(block);

        Assert.Equal(BatchFault.None, RecordBatch.Validate(WithPayload(CompressionType.Snappy, payload.ToArray(), count: 1), out _));
    }

    [Fact]
    public void a_snappy_stream_of_several_blocks_is_read_whole()
    {
        var value = new byte[100_000];
        new Random(3).NextBytes(value);
        var records = new RecordBatchBuilder().Add(1, null, value).Build().AsSpan(RecordBatchHeader.Size);
        using var payload = new MemoryStream();
        var first = Snappier.Snappy.CompressToArray(records[..60_000]);
        SnappyFraming.WriteHeader(payload, first.Length);
        payload.Write(first);
        var second = Snappier.Snappy.CompressToArray(records[60_000..]);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, second.Length);
        payload.Write(length);
        payload.Write(second);

        Assert.Equal(BatchFault.None, RecordBatch.Validate(WithPayload(CompressionType.Snappy, payload.ToArray(), count: 1), out _));
    }

    [Fact]
    public void lz4_with_dependent_blocks_is_read_too()
    {
        var records = new RecordBatchBuilder().Add(1, null, Encoding.UTF8.GetBytes(new string('x', 200_000))).Build().AsSpan(RecordBatchHeader.Size);
        using var payload = new MemoryStream();
        using (var lz4 = LZ4Stream.Encode(payload, new LZ4EncoderSettings { ChainBlocks = true }, leaveOpen: true))
            lz4.Write(records);

        Assert.Equal(BatchFault.None, RecordBatch.Validate(WithPayload(CompressionType.Lz4, payload.ToArray(), count: 1), out _));
    }

    [Fact]
    public void gzip_and_zstd_at_their_highest_levels_are_read()
    {
        var records = new RecordBatchBuilder().Add(1, null, new byte[500_000]).Build().AsSpan(RecordBatchHeader.Size);
        using var gzip = new MemoryStream();
        using (var stream = new GZipStream(gzip, CompressionLevel.SmallestSize, leaveOpen: true))
            stream.Write(records);
        using var zstd = new Compressor(22);

        Assert.Equal(BatchFault.None, RecordBatch.Validate(WithPayload(CompressionType.Gzip, gzip.ToArray(), count: 1), out _));
        Assert.Equal(BatchFault.None, RecordBatch.Validate(WithPayload(CompressionType.Zstd, zstd.Wrap(records), count: 1), out _));
    }

    private static byte[] Good() =>
        new RecordBatchBuilder { ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0 }
            .Add(1000, "key"u8.ToArray(), "value"u8.ToArray(), new RecordHeader("h", []))
            .Add(1001, null, "value"u8.ToArray())
            .Build();

    private static BatchFault Fault(Action<byte[]> change)
    {
        var batch = Good();
        change(batch);
        return RecordBatch.Validate(batch, out _);
    }

    private static BatchFault Resigned(Action<byte[]> change) =>
        Fault(batch =>
        {
            change(batch);
            BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(17), RecordBatch.ComputeCrc(batch));
        });

    internal static byte[] WithPayload(CompressionType compression, ReadOnlySpan<byte> payload, int count)
    {
        var batch = new byte[RecordBatchHeader.Size + payload.Length];
        payload.CopyTo(batch.AsSpan(RecordBatchHeader.Size));
        var header = new RecordBatchHeader(
            0, batch.Length - RecordBatchHeader.LengthPrefix, -1, RecordBatchHeader.CurrentMagic, 0, (short)compression, count - 1, 1000, 1000, -1, -1, -1, count);
        header.Write(batch);
        (header with { Crc = RecordBatch.ComputeCrc(batch) }).Write(batch);
        return batch;
    }
}
