using Confluent.Kafka;

namespace MassTransit.LogTransport.Receiving;

/// <summary>Asks the brokers where partitions begin, end and were left. Blocks its thread, each call for the given time at most; failures are <see cref="KafkaException" />.</summary>
internal sealed class PartitionOffsets(TimeSpan timeout)
{
    public IReadOnlyCollection<TopicPartition> PartitionsOf(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyCollection<string> topics)
    {
        if (topics.Count == 0)
            return [];

        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();

        return admin.GetMetadata(timeout).Topics
            .Where(x => topics.Contains(x.Topic))
            .SelectMany(topic => topic.Partitions.Select(x => new TopicPartition(topic.Topic, x.PartitionId)))
            .ToArray();
    }

    public IReadOnlyCollection<TopicPartitionOffset> Committed(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyCollection<TopicPartition> partitions)
    {
        try
        {
            return consumer.Committed(partitions, timeout);
        }
        catch (KafkaException exception) when (exception.Error.Code == ErrorCode.Local_TimedOut)
        {
            // The client looks for the group's coordinator again and again; that it was refused waits to be read.
            consumer.Consume(TimeSpan.Zero);
            throw;
        }
    }

    public IReadOnlyCollection<TopicPartitionOffset> Find(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyCollection<TopicPartition> partitions, StartPosition position)
    {
        if (partitions.Count == 0)
            return [];

        if (position.Kind == StartKind.Earliest)
            return partitions.Select(x => new TopicPartitionOffset(x, consumer.QueryWatermarkOffsets(x, timeout).Low)).ToArray();

        if (position.Kind == StartKind.Latest)
            return partitions.Select(x => End(consumer, x)).ToArray();

        var moment = new Timestamp(position.Timestamp);

        return consumer.OffsetsForTimes(partitions.Select(x => new TopicPartitionTimestamp(x, moment)), timeout)
            .Select(x => x.Offset.IsSpecial ? End(consumer, x.TopicPartition) : x)
            .ToArray();
    }

    private TopicPartitionOffset End(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition)
    {
        return new TopicPartitionOffset(partition, consumer.QueryWatermarkOffsets(partition, timeout).High);
    }
}
