using Broker.Groups;
using Broker.Groups.Consumer;
using Broker.Topics;

namespace Broker.Diagnostics;

/// <summary>Topics and groups as operators see them.</summary>
internal static class Descriptions
{
    public static TopicDescription Describe(this Topic topic) =>
        new(topic.Name, topic.Id, topic.IsInternal, [.. topic.Partitions.Select(Describe)]);

    public static GroupDescription Describe(this Group group, TopicCatalog topics)
    {
        var state = group.Consumer?.State;
        return new GroupDescription(
            group.Id,
            group.StateName,
            state?.Epoch ?? group.Generation,
            state is null ? group.ProtocolType ?? "" : ConsumerSubscription.ProtocolType,
            state is null ? group.Protocol : state.AssignorName(group.Settings),
            state is null
                ? [.. group.Roster.Members.Select(m => new GroupMemberDescription(m.Id, m.InstanceId, m.ClientId, m.ClientHost))]
                : [.. state.Members.Values.Select(m => new GroupMemberDescription(m.Id, m.Metadata.InstanceId, m.Metadata.ClientId, m.Metadata.ClientHost))],
            [.. group.Offsets.OrderBy(o => o.Key.Topic, StringComparer.Ordinal).ThenBy(o => o.Key.Partition).Select(o => Describe(o.Key, o.Value, topics))]);
    }

    private static GroupOffsetDescription Describe(TopicPartition partition, CommittedOffset committed, TopicCatalog topics)
    {
        var end = topics.FindPartition(partition.Topic, partition.Partition)?.Log?.LogEndOffset ?? -1;
        return new(partition.Topic, partition.Partition, committed.Offset, end, end < 0 ? -1 : Math.Max(0, end - committed.Offset));
    }

    private static PartitionDescription Describe(Partition partition) => partition.Log is { } log
        ? new(partition.Index, true, log.IsReadOnly, log.LogStartOffset, log.LogEndOffset, log.FlushedOffset, log.SizeInBytes)
        : new(partition.Index, false, false, -1, -1, -1, 0);
}
