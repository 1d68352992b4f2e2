using Confluent.Kafka;
using Conformance.Support;

namespace Conformance;

public class ConsumingTests(TestBroker broker)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task reading_starts_at_any_offset()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 100);
        using var consumer = broker.Consumer(TestBroker.NewName("group"));

        consumer.Assign(new TopicPartitionOffset(topic, 0, 42));
        Assert.Equal(["42", "43"], consumer.Take(2).Select(record => record.Message.Value));

        consumer.Seek(new TopicPartitionOffset(topic, 0, 99));
        Assert.Equal("99", consumer.Take(1)[0].Message.Value);
    }

    [Fact]
    public async Task the_end_of_a_partition_is_reported()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 3);
        using var consumer = broker.Consumer(TestBroker.NewName("group"), config => config.EnablePartitionEof = true);
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));

        consumer.Take(3);
        var end = consumer.Consume(Timeout);

        Assert.True(end.IsPartitionEOF);
        Assert.Equal(3, end.Offset.Value);
    }

    [Fact]
    public async Task a_waiting_reader_gets_what_is_produced_later()
    {
        var topic = await broker.NewTopicAsync();
        using var consumer = broker.Consumer(TestBroker.NewName("group"), config => (config.FetchWaitMaxMs, config.SocketTimeoutMs) = (280_000, 290_000));
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        Assert.Null(consumer.Consume(TimeSpan.FromSeconds(1)));

        await broker.ProduceNumbersAsync(topic, 1);

        Assert.Equal("0", consumer.Take(1)[0].Message.Value);
    }

    [Fact]
    public async Task low_and_high_watermark_are_the_ends_of_the_log()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 7);
        using var consumer = broker.Consumer(TestBroker.NewName("group"));

        var watermarks = consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), Timeout);

        Assert.Equal((0L, 7L), (watermarks.Low.Value, watermarks.High.Value));
    }

    [Fact]
    public async Task offsets_are_found_by_time()
    {
        var topic = await broker.NewTopicAsync();
        using (var producer = broker.Producer())
        {
            for (var i = 0; i < 10; i++)
                await producer.ProduceAsync(topic, new Message<string?, string?> { Value = $"{i}", Timestamp = new Timestamp(1_700_000_000_000 + (i * 1000), TimestampType.CreateTime) });
        }

        using var consumer = broker.Consumer(TestBroker.NewName("group"));
        long OffsetAt(long milliseconds) => consumer
            .OffsetsForTimes([new TopicPartitionTimestamp(topic, 0, new Timestamp(milliseconds, TimestampType.CreateTime))], Timeout)[0].Offset.Value;

        Assert.Equal(0, OffsetAt(1_600_000_000_000));
        Assert.Equal(4, OffsetAt(1_700_000_004_000));
        Assert.Equal(5, OffsetAt(1_700_000_004_001));
        Assert.Equal(Offset.End.Value, OffsetAt(1_800_000_000_000));
    }

    [Theory]
    [InlineData(AutoOffsetReset.Earliest, "0")]
    [InlineData(AutoOffsetReset.Latest, "new")]
    public async Task a_position_past_the_log_follows_the_reset_policy(AutoOffsetReset policy, string first)
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 5);
        using var consumer = broker.Consumer(TestBroker.NewName("group"), config => (config.AutoOffsetReset, config.EnablePartitionEof) = (policy, true));

        consumer.Assign(new TopicPartitionOffset(topic, 0, 1_000));
        if (policy == AutoOffsetReset.Latest)
        {
            Assert.True(consumer.Consume(Timeout).IsPartitionEOF);
            using var producer = broker.Producer();
            await producer.ProduceAsync(topic, new Message<string?, string?> { Value = "new" });
        }

        Assert.Equal(first, consumer.Take(1)[0].Message.Value);
    }

    [Fact]
    public async Task many_partitions_are_read_together()
    {
        var topic = await broker.NewTopicAsync(partitions: 12);
        for (var partition = 0; partition < 12; partition++)
            await broker.ProduceNumbersAsync(topic, 50, partition);
        using var consumer = broker.Consumer(TestBroker.NewName("group"));
        consumer.Assign(Enumerable.Range(0, 12).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));

        var records = consumer.Take(600);

        foreach (var partition in records.GroupBy(record => record.Partition))
            Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), partition.Select(record => record.Message.Value));
    }

    [Fact]
    public async Task a_backlog_over_many_segments_is_read_whole()
    {
        var topic = await broker.NewTopicAsync(configs: new() { ["segment.bytes"] = "1048576" });
        var values = Enumerable.Range(0, 200).Select(i => new string((char)('a' + (i % 26)), 100_000 + i)).ToArray();
        using (var producer = broker.Producer(config => config.CompressionType = CompressionType.None))
            await Task.WhenAll(values.Select(value => producer.ProduceAsync(topic, new Message<string?, string?> { Value = value })));

        using var consumer = broker.Consumer(TestBroker.NewName("group"));
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));

        Assert.Equal(values, consumer.Take(200).Select(record => record.Message.Value));
    }
}
