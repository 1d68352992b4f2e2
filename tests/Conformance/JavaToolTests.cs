using System.Text.Json;
using System.Text.RegularExpressions;
using Broker.Protocol.Messages;
using Conformance.Support;

namespace Conformance;

/// <summary>Apache Kafka's own command-line tools, and with them the Java client, against the broker.</summary>
public class JavaToolTests(TestBroker broker)
{
    [Fact]
    public async Task kafka_topics_creates_and_describes()
    {
        Tool.KafkaHome();
        var topic = TestBroker.NewName("topic");

        await Tool.KafkaAsync(null, "kafka-topics.sh", "--bootstrap-server", broker.BootstrapServers, "--create", "--topic", topic, "--partitions", "3", "--config", "retention.ms=3600000");
        var described = await Tool.KafkaAsync(null, "kafka-topics.sh", "--bootstrap-server", broker.BootstrapServers, "--describe", "--topic", topic);

        Assert.Contains("PartitionCount: 3", described);
        Assert.Contains("retention.ms=3600000", described);
        Assert.Contains("Partition: 2", described);
    }

    [Fact]
    public async Task the_console_consumer_prints_what_the_console_producer_sent()
    {
        Tool.KafkaHome();
        var topic = await broker.NewTopicAsync();

        await Tool.KafkaAsync(
            "k1:one\nk2:two\nk3:three\n", "kafka-console-producer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic,
            "--reader-property", "parse.key=true", "--reader-property", "key.separator=:");
        var output = await Tool.KafkaAsync(
            null, "kafka-console-consumer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--from-beginning", "--max-messages", "3",
            "--formatter-property", "print.key=true", "--formatter-property", "print.offset=true");

        Assert.Equal("Offset:0\tk1\tone\nOffset:1\tk2\ttwo\nOffset:2\tk3\tthree\n", output);
    }

    [Fact]
    public async Task topics_are_listed_altered_and_deleted()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync();

        await Tool.KafkaAsync(null, "kafka-topics.sh", "--bootstrap-server", broker.BootstrapServers, "--alter", "--topic", topic, "--partitions", "4");
        var described = await Tool.KafkaAsync(null, "kafka-topics.sh", "--bootstrap-server", broker.BootstrapServers, "--describe", "--topic", topic);
        await Tool.KafkaAsync(null, "kafka-topics.sh", "--bootstrap-server", broker.BootstrapServers, "--delete", "--topic", topic);
        var listed = await Tool.KafkaAsync(null, "kafka-topics.sh", "--bootstrap-server", broker.BootstrapServers, "--list");

        Assert.Contains("PartitionCount: 4", described);
        Assert.DoesNotContain(topic, listed);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task the_java_clients_codecs_are_readable_by_kcat(string codec)
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync();
        var lines = string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i} of many that look alike\n"));

        await Tool.KafkaAsync(lines, "kafka-console-producer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--compression-codec", codec);

        Assert.Equal(lines, await Tool.KcatAsync(null, "-b", broker.BootstrapServers, "-C", "-t", topic, "-o", "beginning", "-e", "-q"));
    }

    [Fact]
    public async Task kafka_consumer_groups_describes_lag_and_resets_offsets()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync();
        var group = TestBroker.NewName("group");
        await broker.ProduceNumbersAsync(topic, 10);
        await Tool.KafkaAsync(null, "kafka-console-consumer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--group", group, "--from-beginning", "--max-messages", "4");

        var listed = await Tool.KafkaAsync(null, "kafka-consumer-groups.sh", "--bootstrap-server", broker.BootstrapServers, "--list");
        var described = await Tool.KafkaAsync(null, "kafka-consumer-groups.sh", "--bootstrap-server", broker.BootstrapServers, "--describe", "--group", group);
        var reset = await Tool.KafkaAsync(
            null, "kafka-consumer-groups.sh", "--bootstrap-server", broker.BootstrapServers, "--group", group, "--topic", topic, "--reset-offsets", "--to-offset", "2", "--execute");
        await Tool.KafkaAsync(null, "kafka-consumer-groups.sh", "--bootstrap-server", broker.BootstrapServers, "--delete", "--group", group);

        Assert.Contains(group, listed);
        Assert.Equal(["4", "10", "6"], Columns(described, topic)[3..6]);
        Assert.Contains("2", Columns(reset, topic));
    }

    [Fact]
    public async Task a_group_of_the_consumer_protocol_resumes_and_is_shown_by_the_tools()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync();
        var group = TestBroker.NewName("group");
        await broker.ProduceNumbersAsync(topic, 10);

        Task<string> ConsumeAsync(int count) => Tool.KafkaAsync(
            null, "kafka-console-consumer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--group", group,
            "--command-property", "group.protocol=consumer", "--from-beginning", "--max-messages", $"{count}");
        Task<string> GroupsAsync(params string[] arguments) =>
            Tool.KafkaAsync(null, "kafka-consumer-groups.sh", ["--bootstrap-server", broker.BootstrapServers, .. arguments]);

        Assert.Equal("0\n1\n2\n3\n", await ConsumeAsync(4));
        Assert.Equal("4\n5\n", await ConsumeAsync(2));
        Assert.Equal(["6", "10", "4"], Columns(await GroupsAsync("--describe", "--group", group), topic)[3..6]);
        Assert.Contains("Empty", await GroupsAsync("--describe", "--group", group, "--state"));
        Assert.Contains("Consumer", Columns(await GroupsAsync("--list", "--type", "consumer", "--state"), group));
        Assert.Contains("Consumer", Columns(await Tool.KafkaAsync(null, "kafka-groups.sh", "--bootstrap-server", broker.BootstrapServers, "--list"), group));
        await GroupsAsync("--delete", "--group", group);
        Assert.DoesNotContain(group, await GroupsAsync("--list"));
    }

    [Fact]
    public async Task kafka_broker_api_versions_finds_the_highest_version_of_all_that_is_announced_usable()
    {
        Tool.OnlyWhenLong();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var announced = (await client.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new(), 0)).ApiKeys;

        var output = await Tool.KafkaAsync(null, "kafka-broker-api-versions.sh", "--bootstrap-server", broker.BootstrapServers);

        var usable = Regex.Matches(output, @"\((?<key>\d+)\): (?<range>\d+( to \d+)?) \[usable: (?<usable>\d+)\]")
            .Select(m => $"{m.Groups["key"]}: {m.Groups["range"]}, {m.Groups["usable"]}");
        Assert.Equal(
            announced.OrderBy(a => a.ApiKey).Select(a => $"{(short)a.ApiKey}: {(a.MinVersion == a.MaxVersion ? "" : $"{a.MinVersion} to ")}{a.MaxVersion}, {a.MaxVersion}"), usable);
    }

    [Fact]
    public async Task kafka_get_offsets_prints_the_ends_of_every_partition()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync(partitions: 2);
        await broker.ProduceNumbersAsync(topic, 6, partition: 1);

        var latest = await Tool.KafkaAsync(null, "kafka-get-offsets.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic);
        var greatestTime = await Tool.KafkaAsync(null, "kafka-get-offsets.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--time", "max-timestamp");

        Assert.Equal($"{topic}:0:0\n{topic}:1:6\n", latest);
        Assert.StartsWith($"{topic}:1:", greatestTime.Split('\n').Single(line => line.StartsWith($"{topic}:1:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task kafka_delete_records_takes_a_json_file()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 10);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { partitions = new[] { new { topic, partition = 0, offset = 3 } }, version = 1 }));

        var output = await Tool.KafkaAsync(null, "kafka-delete-records.sh", "--bootstrap-server", broker.BootstrapServers, "--offset-json-file", file);
        File.Delete(file);

        Assert.Contains("low_watermark: 3", output);
    }

    [Fact]
    public async Task kafka_configs_alters_and_describes_a_topic()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync();

        await Tool.KafkaAsync(null, "kafka-configs.sh", "--bootstrap-server", broker.BootstrapServers, "--alter", "--topic", topic, "--add-config", "max.message.bytes=5000");
        var described = await Tool.KafkaAsync(null, "kafka-configs.sh", "--bootstrap-server", broker.BootstrapServers, "--describe", "--topic", topic);

        Assert.Contains("max.message.bytes=5000", described);
    }

    [Fact]
    public async Task kafka_log_dirs_shows_the_size_of_a_partition()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 10);

        var output = await Tool.KafkaAsync(null, "kafka-log-dirs.sh", "--bootstrap-server", broker.BootstrapServers, "--describe", "--topic-list", topic);

        var partition = JsonDocument.Parse(output.Split('\n').Single(line => line.StartsWith('{'))).RootElement
            .GetProperty("brokers")[0].GetProperty("logDirs")[0].GetProperty("partitions")[0];
        Assert.Equal($"{topic}-0", partition.GetProperty("partition").GetString());
        Assert.NotEqual(0, partition.GetProperty("size").GetInt64());
    }

    [Fact]
    public async Task kafka_verifiable_producer_and_consumer_agree()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync(partitions: 3);

        var produced = await Tool.KafkaAsync(null, "kafka-verifiable-producer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--max-messages", "5000");
        var consumed = await Tool.KafkaAsync(
            null, "kafka-verifiable-consumer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--group-id", TestBroker.NewName("group"), "--max-messages", "5000", "--reset-policy", "earliest");

        Assert.Contains("\"acked\":5000", produced);
        var counts = consumed.Split('\n').Where(line => line.Contains("\"records_consumed\"", StringComparison.Ordinal))
            .Sum(line => JsonDocument.Parse(line).RootElement.GetProperty("count").GetInt32());
        Assert.Equal(5000, counts);
    }

    [Fact]
    public async Task kafka_dump_log_reads_our_segments()
    {
        Tool.OnlyWhenLong();
        Assert.SkipWhen(broker.LogDirectory is null, "the broker's files are not on this machine");
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 10);
        var segment = Directory.EnumerateFiles(broker.LogDirectory!, "*.log", SearchOption.AllDirectories)
            .Single(file => Path.GetDirectoryName(file)!.EndsWith($"{topic}-0", StringComparison.Ordinal));

        var output = await Tool.KafkaAsync(null, "kafka-dump-log.sh", "--files", segment, "--print-data-log");

        Assert.Contains("isvalid: true", output);
        Assert.DoesNotContain("isvalid: false", output);
        Assert.Contains("payload: 9", output);
    }

    private static string[] Columns(string table, string topic) => table.Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Single(columns => columns.Contains(topic));
}
