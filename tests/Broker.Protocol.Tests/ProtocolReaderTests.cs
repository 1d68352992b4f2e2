namespace Broker.Protocol.Tests;

public class ProtocolReaderTests
{
    [Fact]
    public void after_a_failure_every_read_answers_zero()
    {
        var reader = new ProtocolReader(new byte[] { 1, 2, 3, 4, 5, 6 });

        Assert.Equal(0x01020304, reader.ReadInt32());
        Assert.Equal(0, reader.ReadInt32());
        Assert.True(reader.Failed);
        Assert.Equal(0, reader.ReadInt8());
        Assert.Equal("", reader.ReadString());
        Assert.Empty(reader.ReadInt32Array());
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData("00", 0u)]
    [InlineData("7f", 127u)]
    [InlineData("8001", 128u)]
    [InlineData("ffffffff0f", uint.MaxValue)]
    [InlineData("8000", 0u)]
    public void unsigned_varints(string hex, uint value)
    {
        var reader = new ProtocolReader(Convert.FromHexString(hex));

        Assert.Equal(value, reader.ReadUnsignedVarint());
        Assert.False(reader.Failed);
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("ffffffff1f")]
    [InlineData("808080808000")]
    [InlineData("ffffffffffffffffffff01")]
    public void a_varint_that_is_cut_or_too_long_fails(string hex)
    {
        var reader = new ProtocolReader(Convert.FromHexString(hex));

        reader.ReadUnsignedVarint();

        Assert.True(reader.Failed);
    }

    [Theory]
    [InlineData("ffff", false)]
    [InlineData("00", true)]
    public void null_fails_where_null_is_not_allowed(string hex, bool flexible)
    {
        var nullable = new ProtocolReader(Convert.FromHexString(hex), flexible);
        var required = new ProtocolReader(Convert.FromHexString(hex), flexible);

        Assert.Null(nullable.ReadNullableString());
        Assert.False(nullable.Failed);
        Assert.Equal("", required.ReadString());
        Assert.True(required.Failed);
    }

    [Theory]
    [InlineData("fffe", false)]
    [InlineData("7fff", false)]
    [InlineData("818002", true)]
    [InlineData("ffffffff0f", true)]
    public void a_string_of_an_impossible_length_fails(string hex, bool flexible)
    {
        var reader = new ProtocolReader(Convert.FromHexString(hex), flexible);

        reader.ReadNullableString();

        Assert.True(reader.Failed);
    }

    [Fact]
    public void a_compact_string_has_the_limit_of_a_plain_one()
    {
        var frame = new byte[40_000];
        Convert.FromHexString("818002").CopyTo(frame, 0);

        var reader = new ProtocolReader(frame, flexible: true);
        reader.ReadNullableString();

        Assert.True(reader.Failed);
    }

    [Fact]
    public void records_are_a_slice_of_the_frame()
    {
        byte[] frame = [0, 0, 0, 3, 7, 8, 9, 42];
        var reader = new ProtocolReader(frame);

        var records = reader.ReadNullableRecords()!.Value;
        records.Span[0] = 70;

        Assert.Equal(3, records.Length);
        Assert.Equal(70, frame[4]);
        Assert.Equal(42, reader.ReadInt8());
    }

    [Fact]
    public void a_tagged_field_cannot_read_past_its_own_size()
    {
        // One field with tag 0 of two bytes, then a byte that belongs to the structure behind.
        var reader = new ProtocolReader(new byte[] { 1, 0, 2, 0xAA, 0xBB, 0xCC }, flexible: true);

        Assert.Equal(1, reader.ReadTagCount());
        Assert.Equal(0u, reader.ReadTag(out var end));
        Assert.Equal(0, reader.ReadInt32());
        reader.EndTag(end);

        Assert.True(reader.Failed);
    }

    [Fact]
    public void what_a_tagged_field_leaves_unread_is_passed_over()
    {
        var reader = new ProtocolReader(new byte[] { 1, 0, 2, 0xAA, 0xBB, 0x0C }, flexible: true);

        reader.ReadTagCount();
        reader.ReadTag(out var end);
        reader.EndTag(end);

        Assert.False(reader.Failed);
        Assert.Equal(0x0C, reader.ReadInt8());
    }

    [Theory]
    [InlineData("ffffffff0f")]
    [InlineData("0500")]
    [InlineData("0100ff")]
    [InlineData("010005aa")]
    public void tagged_fields_beyond_the_frame_fail(string hex)
    {
        var reader = new ProtocolReader(Convert.FromHexString(hex), flexible: true);

        reader.SkipTaggedFields();

        Assert.True(reader.Failed);
    }
}
