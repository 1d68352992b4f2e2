using System.Text.Json;
using System.Text.RegularExpressions;
using Conformance.Support;

namespace Conformance;

/// <summary>Two members of a group, by each kind of client: they share, one leaves, the other inherits, and every record is seen once.</summary>
public partial class RebalanceTests(TestBroker broker)
{
    [Theory]
    [InlineData("classic", "RangeAssignor")]
    [InlineData("classic", "CooperativeStickyAssignor")]
    [InlineData("consumer", "RangeAssignor")]
    public async Task of_java(string protocol, string assignor)
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync(partitions: 4);
        string[] arguments =
        [
            "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--group-id", TestBroker.NewName("group"), "--verbose", "--group-protocol", protocol,
            "--assignment-strategy", $"org.apache.kafka.clients.consumer.{assignor}",
        ];

        await using var stays = LiveTool.Kafka("kafka-verifiable-consumer.sh", arguments);
        await stays.UntilAsync("the first member to have all", tool => Owned(tool).Count == 4);
        await using var leaves = LiveTool.Kafka("kafka-verifiable-consumer.sh", [.. arguments, "--max-messages", "1"]);
        await stays.UntilAsync("the first member to give two away", tool => Owned(tool).Count == 2);
        await leaves.UntilAsync("the second member to have two", tool => Owned(tool).Count == 2);
        Assert.Equal([0, 1, 2, 3], Owned(stays).Concat(Owned(leaves)).Order());
        await ProduceToAllAsync(topic);
        await leaves.EndAsync();
        await stays.UntilAsync("the first member to have all again", tool => Owned(tool).Count == 4);
        await stays.UntilAsync("everything to be read", tool => Records(tool).Count + Records(leaves).Count >= 20);

        Assert.Equal(20, Records(stays).Concat(Records(leaves)).Distinct().Count());
        Assert.Single(Records(leaves));
    }

    [Fact]
    public async Task of_kcat()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync(partitions: 4);
        string[] arguments =
            ["-b", broker.BootstrapServers, "-u", "-f", @"%p %o\n", "-X", "auto.offset.reset=earliest", "-X", "heartbeat.interval.ms=200", "-G", TestBroker.NewName("group"), topic];

        await using var stays = LiveTool.Start(Tool.Kcat(), arguments);
        await stays.UntilAsync("the first member to have all", tool => Assigned(tool) == 4);
        await using var leaves = LiveTool.Start(Tool.Kcat(), ["-c", "1", .. arguments]);
        await stays.UntilAsync("the first member to give two away", tool => Assigned(tool) == 2);
        await leaves.UntilAsync("the second member to have two", tool => Assigned(tool) == 2);
        await ProduceToAllAsync(topic);
        await leaves.EndAsync();
        await stays.UntilAsync("the first member to have all again", tool => Assigned(tool) == 4);
        await stays.UntilAsync("everything to be read", tool => tool.Lines.Count + leaves.Lines.Count >= 20);

        Assert.Equal(20, stays.Lines.Concat(leaves.Lines).Distinct().Count());
        Assert.Single(leaves.Lines);
    }

    [Fact]
    public async Task of_kafkajs() =>
        AssertShared(await ScriptedClient.KafkaJsAsync("rebalance", Long(broker.BootstrapServers), TestBroker.NewName("topic")));

    [Fact]
    public async Task of_kafka_python() =>
        AssertShared(await ScriptedClient.KafkaPythonAsync("rebalance", Long(broker.BootstrapServers), TestBroker.NewName("topic")));

    [Fact]
    public async Task of_sarama() =>
        AssertShared(await ScriptedClient.SaramaAsync("rebalance", Long(broker.BootstrapServers), TestBroker.NewName("topic")));

    private static string Long(string bootstrapServers)
    {
        Tool.OnlyWhenLong();
        return bootstrapServers;
    }

    private static void AssertShared(JsonElement saw)
    {
        Assert.Equal([0, 1, 2, 3], saw.GetProperty("shared").EnumerateArray().Select(partition => partition.GetInt32()));
        Assert.Equal(
            ["alone-0", "alone-1", "alone-2", "alone-3", "shared-0", "shared-1", "shared-2", "shared-3"],
            saw.GetProperty("seen").EnumerateArray().Select(value => value.GetString()));
    }

    /// <summary>Five records to each of four partitions.</summary>
    private Task ProduceToAllAsync(string topic) => Task.WhenAll(Enumerable.Range(0, 4).Select(partition => broker.ProduceNumbersAsync(topic, 5, partition)));

    /// <summary>The partitions that a verifiable consumer has after all it was given and gave back.</summary>
    private static HashSet<int> Owned(LiveTool consumer)
    {
        var owned = new HashSet<int>();
        foreach (var change in Events(consumer))
        {
            if (change.GetProperty("name").GetString() is not ("partitions_assigned" or "partitions_revoked"))
                continue;
            var partitions = change.GetProperty("partitions").EnumerateArray().Select(p => p.GetProperty("partition").GetInt32());
            if (change.GetProperty("name").GetString() == "partitions_assigned")
                owned.UnionWith(partitions);
            else
                owned.ExceptWith(partitions);
        }

        return owned;
    }

    private static List<(int Partition, long Offset)> Records(LiveTool consumer) =>
    [
        .. Events(consumer).Where(e => e.GetProperty("name").GetString() == "record_data")
            .Select(e => (e.GetProperty("partition").GetInt32(), e.GetProperty("offset").GetInt64())),
    ];

    private static IEnumerable<JsonElement> Events(LiveTool consumer) => consumer.Lines.Select(line => JsonDocument.Parse(line).RootElement);

    /// <summary>How many partitions kcat says it has.</summary>
    private static int Assigned(LiveTool kcat) =>
        kcat.Messages.LastOrDefault(line => line.Contains(" rebalanced ", StringComparison.Ordinal)) is { } last && last.Contains("assigned: ", StringComparison.Ordinal)
            ? Partition().Count(last) : 0;

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Partition();
}
