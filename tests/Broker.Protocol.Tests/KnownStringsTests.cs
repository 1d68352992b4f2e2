using System.Text;

namespace Broker.Protocol.Tests;

public class KnownStringsTests
{
    [Theory]
    [InlineData("orders")]
    [InlineData("größe-€")]
    [InlineData("")]
    public void the_same_bytes_give_the_same_string(string text)
    {
        var strings = new KnownStrings();

        var first = strings.Get(Encoding.UTF8.GetBytes(text));

        Assert.Equal(text, first);
        Assert.Same(first, strings.Get(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void bytes_that_are_no_utf8_are_read_as_ever()
    {
        byte[] bytes = [0x61, 0xFF, 0xC3, 0x62];
        Assert.Equal(Encoding.UTF8.GetString(bytes), new KnownStrings().Get(bytes));
    }

    [Fact]
    public void long_strings_are_read_and_not_kept()
    {
        var bytes = Encoding.UTF8.GetBytes(new string('x', 32_767));
        var strings = new KnownStrings();

        Assert.Equal(32_767, strings.Get(bytes).Length);
        Assert.NotSame(strings.Get(bytes), strings.Get(bytes));
    }

    [Fact]
    public void a_client_that_makes_up_names_makes_it_forget_and_not_grow()
    {
        var strings = new KnownStrings();
        var known = strings.Get("orders"u8);
        for (var i = 0; i < 100_000; i++)
            Assert.Equal($"name-{i}", strings.Get(Encoding.UTF8.GetBytes($"name-{i}")));

        Assert.NotSame(known, strings.Get("orders"u8));
        Assert.Equal("orders", strings.Get("orders"u8));
    }
}
