using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Conformance.Support;

namespace Conformance;

/// <summary>Apache Kafka's own Connect worker in distributed mode, with the connectors that come with it.</summary>
public class ConnectTests(TestBroker broker)
{
    [Theory]
    [InlineData("disabled")]
    [InlineData("enabled")]
    public async Task lines_of_a_file_go_through_a_topic_into_another_file_once_also_when_the_worker_is_started_again(string exactlyOnce)
    {
        Tool.OnlyWhenLong();
        using var folder = new WorkerFolder();
        var (input, output, topic) = (folder.File("in.txt"), folder.File("out.txt"), await broker.NewTopicAsync());

        await File.WriteAllTextAsync(input, "one\ntwo\n");
        await using (var worker = await ConnectWorker.StartAsync(broker.BootstrapServers, folder.Path, $"exactly.once.source.support={exactlyOnce}"))
        {
            await worker.RunAsync("source", FileSource(input, topic));
            await worker.RunAsync("sink", FileSink(output, topic));
            await Polling.HoldsAsync(async () => await worker.RunsAsync("sink") && await HasLinesAsync(output, "one", "two"), "two lines arrive");
        }

        await File.AppendAllTextAsync(input, "three\n");
        await using (var worker = await ConnectWorker.StartAsync(broker.BootstrapServers, folder.Path, $"exactly.once.source.support={exactlyOnce}"))
        {
            await Polling.HoldsAsync(async () => await worker.RunsAsync("source") && await worker.RunsAsync("sink"), "both run again by themselves");
            await Polling.HoldsAsync(async () => await worker.RunsAsync("sink") && await HasLinesAsync(output, "one", "two", "three"), "the third line arrives, the others not again");
        }
    }

    [Fact]
    public async Task the_workers_topics_are_compacted()
    {
        Tool.OnlyWhenLong();
        using var folder = new WorkerFolder();
        await using var worker = await ConnectWorker.StartAsync(broker.BootstrapServers, folder.Path);
        using var admin = broker.Admin();

        foreach (var (suffix, partitions) in new[] { ("configs", 1), ("offsets", 25), ("status", 5) })
        {
            var name = $"{folder.Name}-{suffix}";
            var topic = (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([name]))).TopicDescriptions.Single();
            var configs = (await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = name }])).Single().Entries;
            Assert.Equal(partitions, topic.Partitions.Count);
            Assert.Equal("compact", configs["cleanup.policy"].Value);
        }
    }

    [Fact]
    public async Task a_topic_is_mirrored_with_its_settings()
    {
        Tool.OnlyWhenLong();
        using var folder = new WorkerFolder();
        var topic = await broker.NewTopicAsync(partitions: 2, configs: new() { ["retention.ms"] = "123456789" });
        await broker.ProduceNumbersAsync(topic, 10, partition: 1);

        await using var worker = await ConnectWorker.StartAsync(broker.BootstrapServers, folder.Path);
        await worker.RunAsync("mirror", new()
        {
            ["connector.class"] = "org.apache.kafka.connect.mirror.MirrorSourceConnector",
            ["source.cluster.alias"] = "here",
            ["target.cluster.alias"] = folder.Name,
            ["source.cluster.bootstrap.servers"] = broker.BootstrapServers,
            ["target.cluster.bootstrap.servers"] = broker.BootstrapServers,
            ["topics"] = topic,
            ["replication.factor"] = "1",
            ["offset-syncs.topic.replication.factor"] = "1",
            ["sync.topic.configs.interval.seconds"] = "1",
            ["key.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
            ["value.converter"] = "org.apache.kafka.connect.converters.ByteArrayConverter",
        });

        using var consumer = broker.Consumer(TestBroker.NewName("group"));
        consumer.Assign(new TopicPartitionOffset($"here.{topic}", 1, Offset.Beginning));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), consumer.Take(10).Select(record => record.Message.Value));
        using var admin = broker.Admin();
        var mirrored = new ConfigResource { Type = ResourceType.Topic, Name = $"here.{topic}" };
        await Polling.HoldsAsync(
            async () => (await admin.DescribeConfigsAsync([mirrored])).Single().Entries["retention.ms"].Value == "123456789", "the setting is mirrored");
    }

    private static Dictionary<string, string> FileSource(string file, string topic) => new()
    {
        ["connector.class"] = "org.apache.kafka.connect.file.FileStreamSourceConnector",
        ["file"] = file,
        ["topic"] = topic,
    };

    private static Dictionary<string, string> FileSink(string file, string topic) => new()
    {
        ["connector.class"] = "org.apache.kafka.connect.file.FileStreamSinkConnector",
        ["file"] = file,
        ["topics"] = topic,
    };

    private static async Task<bool> HasLinesAsync(string file, params string[] lines) =>
        File.Exists(file) && (await File.ReadAllLinesAsync(file)).Order().SequenceEqual(lines.Order());

    /// <summary>A new folder whose name nobody else uses; it goes when the test ends.</summary>
    private sealed class WorkerFolder : IDisposable
    {
        public WorkerFolder() => Path = Directory.CreateTempSubdirectory("connect-").FullName;

        public string Path { get; }

        public string Name => System.IO.Path.GetFileName(Path);

        public string File(string name) => System.IO.Path.Combine(Path, name);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
