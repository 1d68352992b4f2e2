using System.Text.Json;
using Conformance.Support;

namespace Conformance;

public class KcatTests(TestBroker broker)
{
    [Fact]
    public async Task dash_L_lists_brokers_topics_and_partitions()
    {
        var topic = await broker.NewTopicAsync(partitions: 3);

        var output = await Tool.KcatAsync(null, "-b", broker.BootstrapServers, "-L", "-J", "-t", topic);

        var metadata = JsonDocument.Parse(output).RootElement;
        Assert.Equal(broker.BootstrapServers, metadata.GetProperty("brokers")[0].GetProperty("name").GetString());
        Assert.Equal(topic, metadata.GetProperty("topics")[0].GetProperty("topic").GetString());
        Assert.Equal(3, metadata.GetProperty("topics")[0].GetProperty("partitions").GetArrayLength());
    }

    [Fact]
    public async Task dash_C_prints_what_dash_P_sent()
    {
        var topic = await broker.NewTopicAsync();
        await Tool.KcatAsync("k1:one\nk2:two\nk3:three\n", "-b", broker.BootstrapServers, "-P", "-t", topic, "-K", ":", "-H", "origin=test");

        var output = await Tool.KcatAsync(null, "-b", broker.BootstrapServers, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", @"%o %k %s %h\n");

        Assert.Equal("0 k1 one origin=test\n1 k2 two origin=test\n2 k3 three origin=test\n", output);
    }

    [Fact]
    public async Task dash_C_starts_at_offsets_from_either_end()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 10);

        Assert.Equal("7\n8\n9\n", await Tool.KcatAsync(null, "-b", broker.BootstrapServers, "-C", "-t", topic, "-o", "-3", "-e", "-q"));
        Assert.Equal("4\n5\n", await Tool.KcatAsync(null, "-b", broker.BootstrapServers, "-C", "-t", topic, "-o", "4", "-c", "2", "-q"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task compressed_batches_are_taken_and_given_back(string codec)
    {
        var topic = await broker.NewTopicAsync();
        var lines = string.Concat(Enumerable.Range(0, 200).Select(i => $"line {i} of many that look alike\n"));

        await Tool.KcatAsync(lines, "-b", broker.BootstrapServers, "-P", "-t", topic, "-z", codec);

        Assert.Equal(lines, await Tool.KcatAsync(null, "-b", broker.BootstrapServers, "-C", "-t", topic, "-o", "beginning", "-e", "-q"));
    }

    [Fact]
    public async Task dash_G_consumes_as_a_group()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 5);

        var output = await Tool.KcatAsync(
            null, "-b", broker.BootstrapServers, "-X", "auto.offset.reset=earliest", "-q", "-c", "5", "-G", TestBroker.NewName("group"), topic);

        Assert.Equal("0\n1\n2\n3\n4\n", output);
    }

    [Fact]
    public async Task dash_Q_finds_offsets_by_time()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 5);

        Assert.Equal($"{topic} [0] offset 0\n", await Tool.KcatAsync(null, "-b", broker.BootstrapServers, "-Q", "-t", $"{topic}:0:0"));
    }
}
