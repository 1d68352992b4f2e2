using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Conformance.Support;

namespace Conformance;

/// <summary>
/// What an application of Kafka Streams asks of a broker, asked by other clients: its topics, exactly-once by two instances, purging of
/// what it has read, stores restored from a changelog. Streams itself is not run.
/// </summary>
public class StreamsShapedTests(TestBroker broker)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("changelog", "cleanup.policy=compact", "segment.bytes=52428800")]
    [InlineData("window-changelog", "cleanup.policy=compact,delete", "retention.ms=172800000", "segment.bytes=52428800")]
    [InlineData("repartition", "cleanup.policy=delete", "retention.ms=-1", "segment.bytes=52428800", "message.timestamp.type=CreateTime")]
    public async Task its_internal_topics_have_the_settings_it_makes_them_with(string kind, params string[] settings)
    {
        Tool.OnlyWhenLong();
        var topic = TestBroker.NewName($"app-{kind}");
        await Tool.KafkaAsync(
            null, "kafka-topics.sh",
            ["--bootstrap-server", broker.BootstrapServers, "--create", "--topic", topic, "--partitions", "3", .. settings.SelectMany(setting => (string[])["--config", setting])]);

        using var admin = broker.Admin();
        var entries = (await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = topic }])).Single().Entries;

        Assert.Equal(settings.Order(), entries.Values.Where(e => e.Source == ConfigSource.DynamicTopicConfig).Select(e => $"{e.Name}={e.Value}").Order());
    }

    /// <summary>With the metadata of their group in each transaction, as exactly_once_v2 does it.</summary>
    [Fact]
    public async Task two_instances_copy_every_record_once_while_what_they_have_read_is_purged()
    {
        Tool.OnlyWhenLong();
        const int partitions = 4;
        const int each = 300;
        var (source, target, group) = (await broker.NewTopicAsync(partitions), await broker.NewTopicAsync(partitions), TestBroker.NewName("group"));
        for (var partition = 0; partition < partitions; partition++)
            await broker.ProduceNumbersAsync(source, each, partition);
        string[] arguments =
        [
            "--broker-list", broker.BootstrapServers, "--input-topic", source, "--output-topic", target, "--consumer-group", group, "--transaction-size", "5", "--input-partition", "-1",
            "--group-mode", "--use-group-metadata",
        ];

        await using var one = LiveTool.Kafka("kafka-transactional-message-copier.sh", [.. arguments, "--transactional-id", TestBroker.NewName("txn")]);
        await one.UntilAsync("the first instance to copy", tool => tool.Lines.Any(line => line.Contains("ProcessLoop", StringComparison.Ordinal)));
        await using var two = LiveTool.Kafka("kafka-transactional-message-copier.sh", [.. arguments, "--transactional-id", TestBroker.NewName("txn")]);
        var both = Task.WhenAll(one.EndAsync(), two.EndAsync());
        var purged = await PurgeAsync(source, group, both);
        await both;

        using var consumer = broker.Consumer(TestBroker.NewName("group"), config => config.IsolationLevel = IsolationLevel.ReadCommitted);
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(target, p, Offset.Beginning)));
        foreach (var copied in consumer.Take(partitions * each).GroupBy(record => record.Partition))
            Assert.Equal(Enumerable.Range(0, each).Select(i => $"{i}"), copied.Select(record => record.Message.Value));
        Assert.NotEqual(0, purged);
    }

    [Fact]
    public async Task a_store_is_restored_from_a_compacted_changelog_of_transactions()
    {
        Tool.OnlyWhenLong();
        const int transactions = 60;
        var topic = await broker.NewTopicAsync(configs: new() { ["cleanup.policy"] = "compact", ["segment.ms"] = "1000", ["min.cleanable.dirty.ratio"] = "0.01" });
        var expected = new Dictionary<string, string?>();
        using (var producer = broker.Producer(config => config.TransactionalId = TestBroker.NewName("txn")))
        {
            producer.InitTransactions(Patience);
            // Two seconds apart, so that each begins a segment.
            var start = TimeProvider.System.GetUtcNow();
            for (var i = 0; i < transactions; i++)
            {
                var (key, commits) = ($"key-{i % 7}", i % 3 != 2);
                producer.BeginTransaction();
                producer.Produce(topic, new() { Key = key, Value = $"{i}", Timestamp = new Timestamp(start.AddSeconds(i * 2)) });
                if (commits)
                    producer.CommitTransaction(Patience);
                else
                    producer.AbortTransaction(Patience);
                if (commits)
                    expected[key] = $"{i}";
            }
        }

        using var consumer = broker.Consumer(
            TestBroker.NewName("group"), config => (config.IsolationLevel, config.EnablePartitionEof) = (IsolationLevel.ReadCommitted, true));
        Polling.Until(() => Restore(consumer, topic, expected) < transactions / 3, "the changelog to be compacted");
    }

    /// <summary>Deletes what the group has committed, again and again until it is done.</summary>
    /// <returns>How many records were deleted.</returns>
    private async Task<long> PurgeAsync(string topic, string group, Task done)
    {
        using var admin = broker.Admin();
        var purged = 0L;
        while (!done.IsCompleted)
        {
            var committed = (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, null)])).Single().Partitions
                .Where(p => p.Topic == topic && p.Offset > 0).Select(p => p.TopicPartitionOffset).ToList();
            if (committed.Count > 0)
                purged = (await admin.DeleteRecordsAsync(committed)).Sum(deleted => deleted.Offset.Value);
        }

        return purged;
    }

    /// <summary>Reads a changelog to its end, which lies behind the last marker, and compares what it says of each key.</summary>
    /// <returns>How many records it has.</returns>
    private static int Restore(IConsumer<string?, string?> consumer, string topic, Dictionary<string, string?> expected)
    {
        var (store, count) = (new Dictionary<string, string?>(), 0);
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        ConsumeResult<string?, string?>? end;
        while ((end = consumer.Consume(Patience)) is { IsPartitionEOF: false } record)
        {
            store[record.Message.Key!] = record.Message.Value;
            count++;
        }

        Assert.Equal(consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), Patience).High, end?.Offset);
        consumer.Unassign();
        Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), store.OrderBy(e => e.Key, StringComparer.Ordinal));
        return count;
    }
}
