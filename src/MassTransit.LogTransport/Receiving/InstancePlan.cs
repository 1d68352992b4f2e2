using Confluent.Kafka;
using MassTransit.LogTransport.Clients;

namespace MassTransit.LogTransport.Receiving;

/// <summary>
/// Partitions without a group, from their end: the reply topic's partition of this instance, and every partition of the message topics. Nothing is committed. There is no group to join, so the first request does not wait
/// for one.
/// </summary>
internal sealed class InstancePlan(LogReceiveEndpointContext context, RecordReceiver receiver) :
    IPartitionPlan
{
    private static readonly TimeSpan GrowthInterval = TimeSpan.FromSeconds(30);
    private readonly PartitionOffsets _offsets = new(context.HostConfiguration.Settings.ConnectionTimeout);
    private readonly HashSet<TopicPartition> _assigned = [];
    private long _looked;

    public void Start(IConsumer<byte[]?, byte[]?> consumer)
    {
        var partitions = Wanted(consumer);
        var positions = _offsets.Find(consumer, partitions, StartPosition.Latest);

        receiver.Assigned(partitions);
        consumer.Assign(positions);

        _assigned.UnionWith(partitions);
        _looked = TimeProvider.System.GetTimestamp();
    }

    public List<TopicPartitionOffset> PositionsOf(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> partitions)
    {
        throw new InvalidOperationException("Partitions without a group are not assigned by one.");
    }

    public void Polled(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (context.Subscriptions.MessageTopics.Count == 0 || TimeProvider.System.GetElapsedTime(_looked) < GrowthInterval)
            return;

        _looked = TimeProvider.System.GetTimestamp();

        try
        {
            var added = _offsets.PartitionsOf(consumer, context.Subscriptions.MessageTopics).Except(_assigned).ToArray();
            if (added.Length == 0)
                return;

            receiver.Assigned(added);
            consumer.IncrementalAssign(added.Select(x => new TopicPartitionOffset(x, Offset.Beginning)));
            _assigned.UnionWith(added);
        }
        catch (KafkaException exception)
        {
            LogContext.Debug?.Log("{Endpoint}: could not look for new partitions: {Reason}", context.Settings.Name, exception.Error.Reason);
        }
    }

    private TopicPartition[] Wanted(IConsumer<byte[]?, byte[]?> consumer)
    {
        var partitions = _offsets.PartitionsOf(consumer, context.Subscriptions.All);
        var own = partitions.Where(x => x.Topic == context.Subscriptions.OwnTopic).ToArray();

        if (own.Length == 0)
            throw new ConnectionException($"The topic '{context.Subscriptions.OwnTopic}' does not exist.", isTransient: true);

        var mine = Murmur2.Partition(RecordText.ToBytes(context.Settings.Instance), own.Length);

        return partitions.Where(x => x.Topic != context.Subscriptions.OwnTopic || x.Partition == mine).ToArray();
    }
}
