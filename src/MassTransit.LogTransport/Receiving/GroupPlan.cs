using Confluent.Kafka;

namespace MassTransit.LogTransport.Receiving;

/// <summary>
/// A consumer group over the endpoint's topics. A message topic of which the group has committed nothing yet is given its start position by a commit, before the first poll: from then
/// on every partition has a committed position but those that are added later, and those are read from their first record.
/// </summary>
internal sealed class GroupPlan(LogReceiveEndpointContext context) :
    IPartitionPlan
{
    private readonly PartitionOffsets _offsets = new(context.HostConfiguration.Settings.ConnectionTimeout);

    /// <summary>Starts that could not be committed, because other members are active, until their partitions are assigned here.</summary>
    private readonly Dictionary<TopicPartition, Offset> _pending = [];

    private readonly List<TopicPartitionOffset> _toStore = [];

    private StartPosition StartFrom => context.Settings.StartFrom ?? context.HostConfiguration.Settings.StartFrom;

    public void Start(IConsumer<byte[]?, byte[]?> consumer)
    {
        SettleStart(consumer);
        consumer.Subscribe(context.Subscriptions.All);
    }

    /// <summary>Commits where the group starts on topics it has never read.</summary>
    public void SettleStart(IConsumer<byte[]?, byte[]?> consumer)
    {
        var topics = context.Settings.PurgeOnStartup ? context.Subscriptions.All : context.Subscriptions.MessageTopics;
        var partitions = _offsets.PartitionsOf(consumer, topics);

        if (context.Settings.PurgeOnStartup)
            Commit(consumer, _offsets.Find(consumer, partitions, StartPosition.Latest));
        else if (StartFrom.Kind != StartKind.Earliest)
            Commit(consumer, _offsets.Find(consumer, WithoutAnyCommit(consumer, partitions), StartFrom));
    }

    public List<TopicPartitionOffset> PositionsOf(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> partitions)
    {
        // Another member may have committed since.
        var pending = partitions.Where(_pending.ContainsKey).ToArray();
        var starts = pending.Length == 0
            ? []
            : _offsets.Committed(consumer, pending).Where(x => x.Offset == Offset.Unset).ToDictionary(x => x.TopicPartition, x => _pending[x.TopicPartition]);

        foreach (var partition in pending)
            _pending.Remove(partition);

        _toStore.AddRange(starts.Select(x => new TopicPartitionOffset(x.Key, x.Value)));

        return partitions.Select(x => new TopicPartitionOffset(x, starts.GetValueOrDefault(x, Offset.Unset))).ToList();
    }

    public void Polled(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (_toStore.Count == 0)
            return;

        var assigned = consumer.Assignment;

        foreach (var position in _toStore.Where(x => assigned.Contains(x.TopicPartition)))
        {
            // Before any record of the partition is handled: a commit that comes later would undo those of transactions.
            if (context.Settings.Transactions != null)
                CommitNow(consumer, position);
            else
                consumer.StoreOffset(position);
        }

        _toStore.Clear();
    }

    private void CommitNow(IConsumer<byte[]?, byte[]?> consumer, TopicPartitionOffset start)
    {
        try
        {
            consumer.Commit([start]);
        }
        catch (KafkaException exception)
        {
            LogContext.Warning?.Log("{Endpoint}: the start of {Partition} could not be committed before its first transaction: {Reason}", context.Settings.Name, start.TopicPartition, exception.Error.Reason);
        }
    }

    private IReadOnlyCollection<TopicPartition> WithoutAnyCommit(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyCollection<TopicPartition> partitions)
    {
        if (partitions.Count == 0)
            return [];

        return _offsets.Committed(consumer, partitions)
            .GroupBy(x => x.Topic, StringComparer.Ordinal)
            .Where(x => x.All(y => y.Offset == Offset.Unset))
            .SelectMany(x => x.Select(y => y.TopicPartition))
            .ToArray();
    }

    private void Commit(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyCollection<TopicPartitionOffset> starts)
    {
        if (starts.Count == 0)
            return;

        try
        {
            consumer.Commit(starts);
        }
        catch (KafkaException exception) when (exception.Error.Code is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress
            or ErrorCode.FencedInstanceId or ErrorCode.FencedMemberEpoch or ErrorCode.StaleMemberEpoch)
        {
            LogContext.Debug?.Log("{Endpoint}: the group has members; its new topics start where they are assigned", context.Settings.Name);

            foreach (var start in starts)
                _pending[start.TopicPartition] = start.Offset;
        }
    }
}
