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
        using var folder = new ConnectFolder();
        var (input, output, topic) = (folder.File("in.txt"), folder.File("out.txt"), await broker.NewTopicAsync());

        await File.WriteAllTextAsync(input, "one\ntwo\n");
        await using (var worker = await ConnectWorker.StartAsync(broker.BootstrapServers, folder.Path, $"exactly.once.source.support={exactlyOnce}"))
        {
            await worker.RunAsync("source", ConnectFolder.FileSource(input, topic));
            await worker.RunAsync("sink", ConnectFolder.FileSink(output, topic));
            await Polling.HoldsAsync(async () => await worker.RunsAsync("sink") && await ConnectFolder.HasLinesAsync(output, "one", "two"), "two lines arrive");
        }

        await File.AppendAllTextAsync(input, "three\n");
        await using (var worker = await ConnectWorker.StartAsync(broker.BootstrapServers, folder.Path, $"exactly.once.source.support={exactlyOnce}"))
        {
            await Polling.HoldsAsync(async () => await worker.RunsAsync("source") && await worker.RunsAsync("sink"), "both run again by themselves");
            await Polling.HoldsAsync(async () => await worker.RunsAsync("sink") && await ConnectFolder.HasLinesAsync(output, "one", "two", "three"), "the third line arrives, the others not again");
        }
    }

    [Fact]
    public async Task two_workers_share_the_tasks_and_one_takes_over_those_of_the_other()
    {
        Tool.OnlyWhenLong();
        using var folder = new ConnectFolder();
        var topic = await broker.NewTopicAsync();
        var sources = new[] { folder.File("one.txt"), folder.File("two.txt") };
        foreach (var file in sources)
            await File.WriteAllTextAsync(file, $"before {Path.GetFileName(file)}\n");

        var workers = await Task.WhenAll(ConnectWorker.StartAsync(broker.BootstrapServers, folder.Path), ConnectWorker.StartAsync(broker.BootstrapServers, folder.Path));
        await using var stays = workers[0];
        await using (var leaves = workers[1])
        {
            foreach (var file in sources)
                await stays.RunAsync(Path.GetFileNameWithoutExtension(file), ConnectFolder.FileSource(file, topic));
            await Polling.HoldsAsync(async () => await HostsAsync(stays) is { Count: 2 }, "each worker has a task");
        }

        await Polling.HoldsAsync(
            async () => await stays.RunsAsync("one") && await stays.RunsAsync("two") && await HostsAsync(stays) is [var host] && host == stays.Id, "the one that stays has both");
        foreach (var file in sources)
            await File.AppendAllTextAsync(file, $"after {Path.GetFileName(file)}\n");
        using var consumer = broker.Consumer(TestBroker.NewName("group"));
        consumer.Subscribe(topic);
        Assert.Equal(["after one.txt", "after two.txt", "before one.txt", "before two.txt"], consumer.Take(4).Select(record => record.Message.Value).Order());
    }

    [Fact]
    public async Task the_workers_topics_are_compacted()
    {
        Tool.OnlyWhenLong();
        using var folder = new ConnectFolder();
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
        using var folder = new ConnectFolder();
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

    private static async Task<IReadOnlyList<string>> HostsAsync(ConnectWorker worker) =>
        [.. (await worker.HostsAsync("one")).Concat(await worker.HostsAsync("two")).Distinct()];
}
