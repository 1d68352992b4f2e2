using System.Text;

namespace Broker.Protocol.Tests;

public class ProtocolWriterTests
{
    [Fact]
    public void records_from_elsewhere_leave_their_length_and_their_place()
    {
        using var buffer = new FrameBuffer();
        var writer = new ProtocolWriter(buffer);
        var source = new object();

        writer.WriteInt8(1);
        writer.WriteRecords(RecordsSlice.FromSource(source, 500));
        writer.WriteInt8(2);
        writer.WriteRecords(default);

        Assert.Equal("01000001f40200000000", Convert.ToHexStringLower(buffer.Written.Span));
        Assert.Equal(new RecordsPlaceholder(5, 500, source), Assert.Single(buffer.Records));
        Assert.Equal(510, buffer.TotalLength);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(127, 1)]
    [InlineData(128, 2)]
    [InlineData(20_000, 3)]
    public void a_tagged_field_gets_its_size_in_front(int size, int sizeLength)
    {
        using var buffer = new FrameBuffer();
        var writer = new ProtocolWriter(buffer, flexible: true);

        writer.WriteTagCount(1);
        var tag = writer.BeginTag(3);
        for (var i = 0; i < size; i++)
            writer.WriteInt8((sbyte)i);
        writer.EndTag(tag);

        var reader = new ProtocolReader(buffer.Written.ToArray(), flexible: true);
        Assert.Equal(1, reader.ReadTagCount());
        Assert.Equal(3u, reader.ReadTag(out _));
        Assert.Equal(size, reader.Remaining);
        Assert.Equal(2 + sizeLength, reader.Position);
        for (var i = 0; i < size; i++)
            Assert.Equal((sbyte)i, reader.ReadInt8());
        Assert.False(reader.Failed);
    }

    [Fact]
    public void a_buffer_starts_the_next_frame_empty()
    {
        using var buffer = new FrameBuffer();
        var writer = new ProtocolWriter(buffer);
        writer.WriteBytes(new byte[2 * FrameBuffer.RetainedSize]);
        writer.WriteRecordsPlaceholder(5, new object());

        buffer.Reset();
        new ProtocolWriter(buffer).WriteInt16(7);

        Assert.Equal("0007", Convert.ToHexStringLower(buffer.Written.Span));
        Assert.Empty(buffer.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void a_string_of_32767_bytes_is_the_longest(bool flexible)
    {
        using var buffer = new FrameBuffer();
        var text = new string('x', short.MaxValue);

        new ProtocolWriter(buffer, flexible).WriteString(text);

        Assert.Equal(text, new ProtocolReader(buffer.Written.ToArray(), flexible).ReadString());
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProtocolWriter(buffer, flexible).WriteString(text + "x"));
    }

    [Fact]
    public void strings_are_utf8()
    {
        using var buffer = new FrameBuffer();

        new ProtocolWriter(buffer).WriteString("größe €");

        Assert.Equal(Encoding.UTF8.GetBytes("größe €"), buffer.Written[2..].ToArray());
    }
}
