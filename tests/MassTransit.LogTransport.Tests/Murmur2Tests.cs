using System.Text;
using MassTransit.LogTransport.Clients;

namespace MassTransit.LogTransport.Tests;

public sealed class Murmur2Tests
{
    // From the tests of Apache Kafka's own client.
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void the_hash_is_kafkas(string key, int expected)
    {
        Assert.Equal(expected, (int)Murmur2.Hash(Encoding.UTF8.GetBytes(key)));
    }
}
