using System.Text;
using Confluent.Kafka;
using Conformance.Support;
using MassTransit.LogTransport;

namespace Conformance;

public class ProducingTests(TestBroker broker)
{
    [Fact]
    public void the_native_library_is_the_one_of_the_package() => Assert.StartsWith("2.16.", NativeClient.Version);

    [Fact]
    public async Task an_idempotent_producer_gets_offsets_in_order()
    {
        var topic = await broker.NewTopicAsync();
        using var producer = broker.Producer();

        var deliveries = await Task.WhenAll(Enumerable.Range(0, 500).Select(i =>
            producer.ProduceAsync(topic, new Message<string?, string?> { Key = "k", Value = $"{i}" })));

        Assert.Equal(Enumerable.Range(0, 500).Select(i => (long)i), deliveries.Select(delivery => delivery.Offset.Value));
        Assert.All(deliveries, delivery => Assert.Equal(PersistenceStatus.Persisted, delivery.Status));
    }

    [Fact]
    public async Task equal_keys_go_to_one_partition_and_all_partitions_get_some()
    {
        var topic = await broker.NewTopicAsync(partitions: 4);
        using var producer = broker.Producer();

        var deliveries = await Task.WhenAll(Enumerable.Range(0, 400).Select(i =>
            producer.ProduceAsync(topic, new Message<string?, string?> { Key = $"key-{i % 40}", Value = $"{i}" })));

        Assert.All(deliveries.GroupBy(delivery => delivery.Key), group => Assert.Single(group.Select(delivery => delivery.Partition).Distinct()));
        Assert.Equal(4, deliveries.Select(delivery => delivery.Partition).Distinct().Count());
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task records_come_back_as_they_were_sent_with_every_codec(CompressionType codec)
    {
        var topic = await broker.NewTopicAsync();
        using (var producer = broker.Producer(config => config.CompressionType = codec))
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => producer.ProduceAsync(topic, new Message<string?, string?>
            {
                Key = i % 3 == 0 ? null : $"key-{i}",
                Value = i % 5 == 0 ? null : new string('v', 10 * i),
                Headers = [new Header("number", Encoding.UTF8.GetBytes($"{i}")), new Header("nothing", null)],
                Timestamp = new Timestamp(1_700_000_000_000 + i, TimestampType.CreateTime),
            })));
        }

        using var consumer = broker.Consumer(TestBroker.NewName("group"));
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var records = consumer.Take(100);

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(i, records[i].Offset.Value);
            Assert.Equal(i % 3 == 0 ? null : $"key-{i}", records[i].Message.Key);
            Assert.Equal(i % 5 == 0 ? null : new string('v', 10 * i), records[i].Message.Value);
            Assert.Equal(1_700_000_000_000 + i, records[i].Message.Timestamp.UnixTimestampMs);
            Assert.Equal($"{i}", Encoding.UTF8.GetString(records[i].Message.Headers.GetLastBytes("number")));
            Assert.Null(records[i].Message.Headers.GetLastBytes("nothing"));
        }
    }

    [Theory]
    [InlineData(Acks.None)]
    [InlineData(Acks.Leader)]
    [InlineData(Acks.All)]
    public async Task records_arrive_with_every_level_of_acks(Acks acks)
    {
        var topic = await broker.NewTopicAsync();
        using var producer = broker.Producer(config => (config.EnableIdempotence, config.Acks) = (false, acks));

        for (var i = 0; i < 20; i++)
            await producer.ProduceAsync(topic, new Message<string?, string?> { Value = $"{i}" });

        using var consumer = broker.Consumer(TestBroker.NewName("group"));
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), consumer.Take(20).Select(record => record.Message.Value));
    }

    [Fact]
    public async Task a_batch_above_the_topics_limit_is_refused()
    {
        var topic = await broker.NewTopicAsync(configs: new() { ["max.message.bytes"] = "1000" });
        using var producer = broker.Producer(config => config.CompressionType = CompressionType.None);

        var refused = await Assert.ThrowsAsync<ProduceException<string?, string?>>(() =>
            producer.ProduceAsync(topic, new Message<string?, string?> { Value = new string('x', 2000) }));

        Assert.Equal(ErrorCode.MsgSizeTooLarge, refused.Error.Code);
    }

    [Fact]
    public async Task a_large_record_goes_through()
    {
        var topic = await broker.NewTopicAsync();
        var value = new string('x', 900_000);
        using var producer = broker.Producer(config => config.CompressionType = CompressionType.None);
        await producer.ProduceAsync(topic, new Message<string?, string?> { Value = value });

        using var consumer = broker.Consumer(TestBroker.NewName("group"), config => config.FetchMaxBytes = config.MaxPartitionFetchBytes = config.MessageMaxBytes = 1_000);
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));

        Assert.Equal(value, consumer.Take(1)[0].Message.Value);
    }

    [Fact]
    public async Task producing_to_a_missing_topic_creates_it()
    {
        var topic = TestBroker.NewName("auto");
        using var producer = broker.Producer();

        var delivery = await producer.ProduceAsync(topic, new Message<string?, string?> { Value = "first" });

        Assert.Equal(0, delivery.Offset.Value);
    }
}
