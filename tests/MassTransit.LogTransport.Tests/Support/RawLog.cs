using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>The log as a client without MassTransit sees it.</summary>
public static class RawLog
{
    /// <summary>The first records of a topic, over all its partitions.</summary>
    public static async Task<List<ConsumeResult<string?, string?>>> Read(string bootstrapServers, string topic, int count)
    {
        // Whoever writes to it may be about to make it.
        await WaitForTopic(bootstrapServers, topic);

        return await Task.Factory.StartNew(() =>
        {
            var config = new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "none", EnableAutoCommit = false };
            using var consumer = new ConsumerBuilder<string?, string?>(config)
                .SetKeyDeserializer(Nullable).SetValueDeserializer(Nullable).Build();
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            var partitions = admin.GetMetadata(topic, Deadline.Limit).Topics.Single().Partitions;
            consumer.Assign(partitions.Select(x => new TopicPartitionOffset(topic, x.PartitionId, Offset.Beginning)));

            var records = new List<ConsumeResult<string?, string?>>();
            while (records.Count < count)
                records.Add(consumer.Consume(Deadline.Limit) ?? throw new TimeoutException($"{records.Count} of {count} records are in {topic}"));

            return records;
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>All that is in a topic now, each partition in its order; with what transactions have not committed when that is asked for.</summary>
    public static Task<List<ConsumeResult<string?, string?>>> All(string bootstrapServers, string topic, IsolationLevel isolation = IsolationLevel.ReadCommitted)
    {
        return Task.Factory.StartNew(() =>
        {
            var config = new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "none", EnableAutoCommit = false, EnablePartitionEof = true, IsolationLevel = isolation };
            using var consumer = new ConsumerBuilder<string?, string?>(config)
                .SetKeyDeserializer(Nullable).SetValueDeserializer(Nullable).Build();
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            var open = admin.GetMetadata(topic, Deadline.Limit).Topics.Single().Partitions.Select(x => x.PartitionId).ToHashSet();
            consumer.Assign(open.Select(x => new TopicPartitionOffset(topic, x, Offset.Beginning)));

            var records = new List<ConsumeResult<string?, string?>>();
            while (open.Count > 0)
            {
                var record = consumer.Consume(Deadline.Limit) ?? throw new TimeoutException($"{topic} has no end");

                if (record.IsPartitionEOF)
                    open.Remove(record.Partition);
                else
                    records.Add(record);
            }

            return records;
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The offsets of all records that are in a topic's first partition now.</summary>
    public static Task<HashSet<long>> Offsets(string bootstrapServers, string topic)
    {
        return Task.Factory.StartNew(() =>
        {
            var config = new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "none", EnableAutoCommit = false, EnablePartitionEof = true };
            using var consumer = new ConsumerBuilder<string?, string?>(config)
                .SetKeyDeserializer(Nullable).SetValueDeserializer(Nullable).Build();
            consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));

            var offsets = new HashSet<long>();
            while ((consumer.Consume(Deadline.Limit) ?? throw new TimeoutException($"{topic} has no end")) is { IsPartitionEOF: false } record)
                offsets.Add(record.Offset);

            return offsets;
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public static async Task Write(string bootstrapServers, string topic, string? key, string? value, params (string Name, string Value)[] headers)
    {
        using var producer = new ProducerBuilder<string?, string?>(new ProducerConfig { BootstrapServers = bootstrapServers })
            .SetKeySerializer(Nullable!).SetValueSerializer(Nullable!).Build();
        var message = new Message<string?, string?> { Key = key, Value = value, Headers = [] };
        foreach (var (name, text) in headers)
            message.Headers.Add(name, Encoding.UTF8.GetBytes(text));

        await producer.ProduceAsync(topic, message).Soon();
    }

    public static async Task Write(string bootstrapServers, string topic, int partition, string value)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = bootstrapServers }).Build();
        await producer.ProduceAsync(new TopicPartition(topic, partition), new Message<Null, string> { Value = value }).Soon();
    }

    public static async Task Grow(string bootstrapServers, string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = partitions }]);
    }

    public static async Task Delete(string bootstrapServers, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        await admin.DeleteTopicsAsync([topic]);
    }

    /// <summary>What a group has committed, by partition; only partitions with a commit.</summary>
    public static Task<Dictionary<int, long>> Committed(string bootstrapServers, string group, string topic)
    {
        return Task.Factory.StartNew(() =>
        {
            using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = group }).Build();
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            var partitions = admin.GetMetadata(topic, Deadline.Limit).Topics.Single().Partitions;

            return consumer.Committed(partitions.Select(x => new TopicPartition(topic, x.PartitionId)), Deadline.Limit)
                .Where(x => x.Offset != Offset.Unset)
                .ToDictionary(x => x.Partition.Value, x => x.Offset.Value);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Waits until a topic exists that is created by what somebody does later.</summary>
    public static async Task WaitForTopic(string bootstrapServers, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        await Eventually.True(() => admin.GetMetadata(Deadline.Limit).Topics.Exists(x => x.Topic == topic && x.Partitions.Count > 0), $"{topic} exists");
    }

    public static string? Header<TKey, TValue>(this ConsumeResult<TKey, TValue> record, string name)
    {
        return record.Message.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    private static readonly NullableText Nullable = new();

    private sealed class NullableText : ISerializer<string?>, IDeserializer<string?>
    {
        public byte[]? Serialize(string? data, SerializationContext context) => data == null ? null : Encoding.UTF8.GetBytes(data);

        public string? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => isNull ? null : Encoding.UTF8.GetString(data);
    }
}
