using System.Text.Json;
using Conformance.Support;

namespace Conformance;

/// <summary>kafkajs 2.2.4, kafka-python 2.0.2 and sarama 1.22, which speak older versions of the protocol than the clients of librdkafka and Java.</summary>
public class ScriptedClientTests(TestBroker broker)
{
    private static readonly string[] Six =
        ["0 k0=0-0", "0 k1=0-1", "0 k2=", "1 k0=1-0", "1 k1=1-1", "1 k2="];

    [Fact]
    public async Task kafkajs_reads_in_a_group_what_it_wrote_compressed_and_goes_on_where_it_committed()
    {
        Tool.OnlyWhenLong();

        var saw = await ScriptedClient.KafkaJsAsync("groups", broker.BootstrapServers, TestBroker.NewName("topic"));

        Assert.Equal(Six, Records(saw, "first", "kafkajs"));
        Assert.Equal(["0 late=late"], Records(saw, "second", header: null));
    }

    [Fact]
    public async Task kafkajs_does_not_read_what_its_transaction_aborted()
    {
        Tool.OnlyWhenLong();

        var saw = await ScriptedClient.KafkaJsAsync("transactions", broker.BootstrapServers, TestBroker.NewName("topic"));

        Assert.Equal(["before", "committed"], saw.GetProperty("values").EnumerateArray().Select(value => value.GetString()));
        Assert.Equal("1", saw.GetProperty("offset").GetString());
    }

    [Fact]
    public async Task kafkajs_administers_topics_settings_and_groups()
    {
        Tool.OnlyWhenLong();

        var saw = await ScriptedClient.KafkaJsAsync("admin", broker.BootstrapServers, TestBroker.NewName("topic"));

        Assert.Equal(3, saw.GetProperty("partitions").GetInt32());
        Assert.Equal("4", saw.GetProperty("offset").GetString());
        Assert.Equal("4", saw.GetProperty("high").GetString());
        Assert.Equal("consumer", saw.GetProperty("protocolType").GetString());
        Assert.Equal("Empty", saw.GetProperty("state").GetString());
    }

    [Fact]
    public async Task kafka_python_reads_in_a_group_what_it_wrote_compressed_and_goes_on_where_it_committed()
    {
        Tool.OnlyWhenLong();

        var saw = await ScriptedClient.KafkaPythonAsync("groups", broker.BootstrapServers, TestBroker.NewName("topic"));

        Assert.Equal([0, 1, 2, 0, 1, 2], saw.GetProperty("offsets").EnumerateArray().Select(offset => offset.GetInt32()));
        Assert.Equal(Six, Records(saw, "first", "python"));
        Assert.Equal(["0 late=late"], Records(saw, "second", header: null));
    }

    [Fact]
    public async Task kafka_python_administers_topics_settings_and_groups()
    {
        Tool.OnlyWhenLong();

        var saw = await ScriptedClient.KafkaPythonAsync("admin", broker.BootstrapServers, TestBroker.NewName("topic"));

        Assert.Equal(3, saw.GetProperty("partitions").GetInt32());
        Assert.Equal(4, saw.GetProperty("committed").GetInt32());
        Assert.True(saw.GetProperty("listed").GetBoolean());
        Assert.Equal("Empty", saw.GetProperty("state").GetString());
        Assert.Equal((0, 4, 0), (saw.GetProperty("begin").GetInt32(), saw.GetProperty("end").GetInt32(), saw.GetProperty("at").GetInt32()));
    }

    [Fact]
    public async Task sarama_reads_in_a_group_and_without_one_what_it_wrote_compressed()
    {
        Tool.OnlyWhenLong();

        var saw = await ScriptedClient.SaramaAsync("groups", broker.BootstrapServers, TestBroker.NewName("topic"));

        Assert.Equal(Six, Records(saw, "first", "sarama"));
        Assert.Equal(["0 late=late"], Records(saw, "second", header: null));
    }

    [Fact]
    public async Task sarama_administers_topics_and_groups()
    {
        Tool.OnlyWhenLong();

        var saw = await ScriptedClient.SaramaAsync("admin", broker.BootstrapServers, TestBroker.NewName("topic"));

        Assert.Equal(3, saw.GetProperty("partitions").GetInt32());
        Assert.Equal(("consumer", "Empty"), (saw.GetProperty("listed").GetString(), saw.GetProperty("state").GetString()));
        Assert.Equal((3, 4), (saw.GetProperty("begin").GetInt32(), saw.GetProperty("end").GetInt32()));
    }

    /// <summary>"partition key=value" of each, in order of partition and otherwise as they came; all must have the header.</summary>
    private static IEnumerable<string> Records(JsonElement saw, string name, string? header)
    {
        var records = saw.GetProperty(name).EnumerateArray().ToList();
        Assert.All(records, record => Assert.Equal(header, record.GetProperty("header").GetString()));
        return records.OrderBy(record => record.GetProperty("partition").GetInt32())
            .Select(record => $"{record.GetProperty("partition").GetInt32()} {record.GetProperty("key").GetString()}={record.GetProperty("value").GetString()}");
    }
}
