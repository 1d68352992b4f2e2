using CsCheck;

namespace Broker.Records.Tests;

public sealed class RecordBatchHeaderTests
{
    [Fact]
    public void every_field_has_its_place()
    {
        var header = new RecordBatchHeader(
            0x0102030405060708, 0x11121314, 0x21222324, 0x31, 0x41424344, 0x5152, 0x61626364, 0x7172737475767778,
            0x0182838485868788, 0x0192939495969798, 0x21A2, 0x31B2B3B4, 0x41C2C3C4);
        var bytes = new byte[RecordBatchHeader.Size];

        header.Write(bytes);

        Assert.Equal(
            "0102030405060708" + "11121314" + "21222324" + "31" + "41424344" + "5152" + "61626364" + "7172737475767778"
            + "0182838485868788" + "0192939495969798" + "21A2" + "31B2B3B4" + "41C2C3C4",
            Convert.ToHexString(bytes));
        Assert.True(RecordBatchHeader.TryRead(bytes, out var read));
        Assert.Equal(header, read);
    }

    [Fact]
    public void any_sixty_one_bytes_survive_reading_and_writing() =>
        Gen.Byte.Array[RecordBatchHeader.Size].Sample(bytes =>
        {
            RecordBatchHeader.TryRead(bytes, out var header);
            var written = new byte[RecordBatchHeader.Size];
            header.Write(written);
            return written.AsSpan().SequenceEqual(bytes);
        });

    [Fact]
    public void fewer_bytes_are_not_a_header() => Assert.False(RecordBatchHeader.TryRead(new byte[RecordBatchHeader.Size - 1], out _));

    [Fact]
    public void attributes_name_codec_timestamp_type_transaction_and_control()
    {
        var header = new RecordBatchHeader() with { Attributes = 0b11_1100 };

        Assert.Equal(CompressionType.Zstd, header.Compression);
        Assert.Equal(TimestampType.LogAppendTime, header.TimestampType);
        Assert.True(header.IsTransactional);
        Assert.True(header.IsControl);
    }

    [Theory]
    [InlineData(0, 4, 4)]
    [InlineData(int.MaxValue, 0, int.MaxValue)]
    [InlineData(int.MaxValue, 1, 0)]
    [InlineData(int.MaxValue - 1, 5, 3)]
    [InlineData(-1, 3, -1)]
    public void the_last_sequence_wraps(int baseSequence, int lastOffsetDelta, int expected) =>
        Assert.Equal(expected, (new RecordBatchHeader() with { BaseSequence = baseSequence, LastOffsetDelta = lastOffsetDelta }).LastSequence);
}
