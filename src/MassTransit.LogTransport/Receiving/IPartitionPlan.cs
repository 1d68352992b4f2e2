using Confluent.Kafka;

namespace MassTransit.LogTransport.Receiving;

/// <summary>Which partitions an endpoint reads and from where. Called on the polling thread only.</summary>
internal interface IPartitionPlan
{
    /// <summary>Settles every position, then begins to read.</summary>
    void Start(IConsumer<byte[]?, byte[]?> consumer);

    /// <summary>Where to begin with partitions that the group has assigned.</summary>
    List<TopicPartitionOffset> PositionsOf(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> partitions);

    /// <summary>Called after each poll.</summary>
    void Polled(IConsumer<byte[]?, byte[]?> consumer);
}
