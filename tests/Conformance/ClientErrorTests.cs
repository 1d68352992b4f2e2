using Conformance.Support;

namespace Conformance;

/// <summary>What people's clients say when a topic is missing, a record too large, or a topic or group closed to them.</summary>
public class ClientErrorTests(TestBroker broker)
{
    [Fact]
    public async Task of_kafkajs()
    {
        Tool.OnlyWhenLong();

        var saw = await ScriptedClient.KafkaJsAsync("errors", broker.BootstrapServers, await PrepareAsync());

        Assert.Equal("MESSAGE_TOO_LARGE", saw.GetProperty("tooLarge").GetString());
        Assert.Equal("UNKNOWN_TOPIC_OR_PARTITION", saw.GetProperty("unknown").GetString());
        Assert.Equal("TOPIC_AUTHORIZATION_FAILED", saw.GetProperty("closedTopic").GetString());
        // kafkajs does not say why it found no coordinator.
        Assert.Equal("KafkaJSGroupCoordinatorNotFound", saw.GetProperty("closedGroup").GetString());
    }

    [Fact]
    public async Task of_kafka_python()
    {
        Tool.OnlyWhenLong();

        var saw = await ScriptedClient.KafkaPythonAsync("errors", broker.BootstrapServers, await PrepareAsync());

        Assert.Equal("MessageSizeTooLargeError", saw.GetProperty("tooLarge").GetString());
        Assert.Equal("UnknownTopicOrPartitionError", saw.GetProperty("unknown").GetString());
        Assert.Equal("TopicAuthorizationFailedError", saw.GetProperty("closedTopic").GetString());
        Assert.Equal("GroupAuthorizationFailedError", saw.GetProperty("closedGroup").GetString());
    }

    [Fact]
    public async Task of_kcat()
    {
        Tool.OnlyWhenLong();
        var topic = await PrepareAsync();
        Task<string> KcatAsync(string? input, params string[] arguments) => Tool.TryKcatAsync(input, ["-b", broker.BootstrapServers, .. arguments]);

        Assert.Contains("Broker: Message size too large", await KcatAsync(new string('x', 5000), "-P", "-t", topic));
        Assert.Contains("Broker: Unknown topic or partition", await KcatAsync(null, "-C", "-t", $"{topic}-missing", "-e", "-X", "allow.auto.create.topics=false"));
        Assert.Contains("Broker: Topic authorization failed", await KcatAsync(null, "-C", "-t", $"{topic}-closed", "-e"));
        Assert.Contains("Group authorization failed", await KcatAsync(null, "-c", "1", "-G", $"{topic}-closed", topic));
    }

    [Fact]
    public async Task of_java()
    {
        Tool.OnlyWhenLong();
        var topic = await PrepareAsync();
        Task<string> ToolAsync(string? input, string script, params string[] arguments) =>
            Tool.TryKafkaAsync(input, script, ["--bootstrap-server", broker.BootstrapServers, .. arguments]);

        Assert.Contains("RecordTooLargeException", await ToolAsync($"{new string('x', 5000)}\n", "kafka-console-producer.sh", "--topic", topic));
        Assert.Contains("UnknownTopicOrPartitionException", await ToolAsync(null, "kafka-configs.sh", "--alter", "--topic", $"{topic}-missing", "--add-config", "retention.ms=1"));
        Assert.Contains("TopicAuthorizationException", await ToolAsync("x\n", "kafka-console-producer.sh", "--topic", $"{topic}-closed"));
        Assert.Contains("GroupAuthorizationException", await ToolAsync(null, "kafka-console-consumer.sh", "--topic", topic, "--group", $"{topic}-closed", "--max-messages", "1"));
    }

    /// <summary>A topic that takes small records only, and beside it a topic and a group with "-closed" behind its name, which are closed.</summary>
    private async Task<string> PrepareAsync()
    {
        var topic = await broker.NewTopicAsync(configs: new() { ["max.message.bytes"] = "1000" });
        await broker.CloseAsync(Closed.Topic, $"{topic}-closed");
        await broker.CloseAsync(Closed.Group, $"{topic}-closed");
        return topic;
    }
}
