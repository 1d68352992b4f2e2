using CsCheck;

namespace Broker.Records.Tests;

public sealed class VarintTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(-64, "7F")]
    [InlineData(64, "8001")]
    [InlineData(300, "D804")]
    [InlineData(int.MaxValue, "FEFFFFFF0F")]
    [InlineData(int.MinValue, "FFFFFFFF0F")]
    [InlineData(long.MaxValue, "FEFFFFFFFFFFFFFFFF01")]
    [InlineData(long.MinValue, "FFFFFFFFFFFFFFFFFF01")]
    public void vectors(long value, string hex)
    {
        var bytes = new byte[Varint.MaxSize64];
        var written = Varint.Write(bytes, value);

        Assert.Equal(hex, Convert.ToHexString(bytes, 0, written));
        Assert.Equal(written, Varint.SizeOf(value));
        Assert.Equal(written, Varint.Read(bytes, out long read));
        Assert.Equal(value, read);
    }

    [Fact]
    public void what_was_written_is_read_back() =>
        Gen.Long.Sample(value =>
        {
            var bytes = new byte[Varint.MaxSize64];
            var written = Varint.Write(bytes, value);
            return written == Varint.SizeOf(value) && Varint.Read(bytes.AsSpan(0, written), out long read) == written && read == value;
        });

    [Fact]
    public void thirty_two_bits_are_read_back() =>
        Gen.Int.Sample(value =>
        {
            var bytes = new byte[Varint.MaxSize64];
            var written = Varint.Write(bytes, value);
            return written <= Varint.MaxSize32 && Varint.Read(bytes, out int read) == written && read == value;
        });

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FFFFFFFF")]
    public void an_early_end_reads_as_nothing(string hex)
    {
        Assert.Equal(0, Varint.Read(Convert.FromHexString(hex), out int _));
        Assert.Equal(0, Varint.Read(Convert.FromHexString(hex), out long _));
    }

    [Theory]
    [InlineData("808080808000")]
    [InlineData("FFFFFFFF1F")]
    [InlineData("8080808010")]
    public void more_than_thirty_two_bits_or_six_bytes_are_refused_for_an_int(string hex) =>
        Assert.Equal(0, Varint.Read(Convert.FromHexString(hex), out int _));

    [Theory]
    [InlineData("8080808080808080808000")]
    [InlineData("FFFFFFFFFFFFFFFFFF02")]
    public void more_than_sixty_four_bits_or_eleven_bytes_are_refused(string hex) =>
        Assert.Equal(0, Varint.Read(Convert.FromHexString(hex), out long _));
}
