using System.Text.RegularExpressions;
using Conformance.Support;

namespace Conformance;

/// <summary>Apache Kafka's own tools for administrators, and with them Java's admin client, against the broker.</summary>
[Collection(nameof(WholeBroker))]
public class AdminToolTests(TestBroker broker)
{
    [Fact]
    public async Task kafka_configs_changes_and_shows_settings_of_brokers()
    {
        Tool.OnlyWhenLong();
        var node = await NodeIdAsync();

        await ToolAsync("kafka-configs.sh", "--alter", "--entity-type", "brokers", "--entity-name", node, "--add-config", "log.flush.interval.messages=1000000");
        await ToolAsync("kafka-configs.sh", "--alter", "--entity-type", "brokers", "--entity-default", "--add-config", "log.flush.interval.messages=2000000");
        var ofThis = await ToolAsync("kafka-configs.sh", "--describe", "--entity-type", "brokers", "--entity-name", node);
        var ofAll = await ToolAsync("kafka-configs.sh", "--describe", "--entity-type", "brokers", "--entity-default");
        await ToolAsync("kafka-configs.sh", "--alter", "--entity-type", "brokers", "--entity-name", node, "--delete-config", "log.flush.interval.messages");
        await ToolAsync("kafka-configs.sh", "--alter", "--entity-type", "brokers", "--entity-default", "--delete-config", "log.flush.interval.messages");

        Assert.Contains(
            "log.flush.interval.messages=1000000 sensitive=false synonyms={DYNAMIC_BROKER_CONFIG:log.flush.interval.messages=1000000, "
            + "DYNAMIC_DEFAULT_BROKER_CONFIG:log.flush.interval.messages=2000000, DEFAULT_CONFIG:log.flush.interval.messages=9223372036854775807}",
            ofThis);
        Assert.Contains("log.flush.interval.messages=2000000", ofAll);
    }

    [Fact]
    public async Task kafka_configs_changes_and_shows_settings_of_topics_and_groups()
    {
        Tool.OnlyWhenLong();
        var (topic, group) = (await broker.NewTopicAsync(configs: new() { ["retention.ms"] = "3600000" }), TestBroker.NewName("group"));

        await ToolAsync("kafka-configs.sh", "--alter", "--topic", topic, "--add-config", "cleanup.policy=[compact,delete],flush.ms=1000", "--delete-config", "retention.ms");
        await ToolAsync("kafka-configs.sh", "--alter", "--group", group, "--add-config", "consumer.session.timeout.ms=50000");
        var ofTopic = await ToolAsync("kafka-configs.sh", "--describe", "--topic", topic);
        var ofGroup = await ToolAsync("kafka-configs.sh", "--describe", "--group", group);
        var allOfTopic = await ToolAsync("kafka-configs.sh", "--describe", "--topic", topic, "--all");

        Assert.Contains("cleanup.policy=compact,delete", ofTopic);
        Assert.Contains("flush.ms=1000", ofTopic);
        Assert.DoesNotContain("retention.ms=3600000", ofTopic);
        Assert.Contains("consumer.session.timeout.ms=50000", ofGroup);
        Assert.Contains("unclean.leader.election.enable=false", allOfTopic);
    }

    [Fact]
    public async Task log_directories_offsets_and_deleted_records_are_told()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync(partitions: 2);
        await broker.ProduceNumbersAsync(topic, 5, partition: 1);
        var request = Path.GetTempFileName();
        await File.WriteAllTextAsync(request, $$"""{"partitions":[{"topic":"{{topic}}","partition":1,"offset":3}],"version":1}""");

        var deleted = await ToolAsync("kafka-delete-records.sh", "--offset-json-file", request);
        File.Delete(request);
        var ends = await ToolAsync("kafka-get-offsets.sh", "--topic", topic);
        var starts = await ToolAsync("kafka-get-offsets.sh", "--topic", topic, "--time", "earliest");
        var directories = await ToolAsync("kafka-log-dirs.sh", "--describe", "--topic-list", topic);

        Assert.Matches(@"partition: \S+-1\s+low_watermark: 3", deleted);
        Assert.Equal([$"{topic}:0:0", $"{topic}:1:5"], ends.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal([$"{topic}:0:0", $"{topic}:1:3"], starts.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches($"\"partition\":\"{topic}-1\",\"size\":[1-9]", directories);
    }

    [Fact]
    public async Task topics_without_name_are_described_all_and_by_what_is_special_about_them()
    {
        Tool.OnlyWhenLong();
        var (plain, changed) = (await broker.NewTopicAsync(), await broker.NewTopicAsync(configs: new() { ["flush.ms"] = "1000" }));

        var all = await ToolAsync("kafka-topics.sh", "--describe");
        var overridden = await ToolAsync("kafka-topics.sh", "--describe", "--topics-with-overrides");
        var underReplicated = await ToolAsync("kafka-topics.sh", "--describe", "--under-replicated-partitions");

        Assert.Contains($"Topic: {plain}\t", all);
        Assert.Contains($"Topic: {changed}\t", overridden);
        Assert.Equal("", underReplicated.Trim());
    }

    [Fact]
    public async Task features_are_told()
    {
        Tool.OnlyWhenLong();

        var features = await ToolAsync("kafka-features.sh", "describe");

        Assert.Matches(@"Feature: transaction.version\s+SupportedMinVersion: 0\s+SupportedMaxVersion: 2\s+FinalizedVersionLevel: 2", features);
    }

    private Task<string> ToolAsync(string script, params string[] arguments) =>
        Tool.KafkaAsync(null, script, ["--bootstrap-server", broker.BootstrapServers, .. arguments]);

    private async Task<string> NodeIdAsync() =>
        Regex.Match(await ToolAsync("kafka-broker-api-versions.sh"), @"\(id: (\d+) rack").Groups[1].Value;
}
