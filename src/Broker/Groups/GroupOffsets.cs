using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Groups;

/// <summary>
/// When a group forgets how far it has read: deleted by an administrator, with its topic, or after the retention.
/// </summary>
internal static class GroupOffsets
{
    /// <summary>Forgets partitions of topics that no member reads.</summary>
    public static OffsetDeleteResponse DeleteOffsets(this Group group, OffsetDeleteRequest request, Decision decision)
    {
        if (!group.IsEmpty && group.Consumer is null && !group.IsConsumerGroup)
            return new OffsetDeleteResponse { ErrorCode = ErrorCode.NonEmptyGroup };

        decision.Offsets = OffsetsReason.Deleted;
        return new OffsetDeleteResponse
        {
            Topics = [.. request.Topics.Select(topic => new OffsetDeleteResponse.OffsetDeleteResponseTopic
            {
                Name = topic.Name,
                Partitions = [.. topic.Partitions.Select(partition => new OffsetDeleteResponse.OffsetDeleteResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = group.Topics.Find(topic.Name) is not null
                        ? DeleteOffset(group, new TopicPartition(topic.Name, partition.PartitionIndex), decision)
                        : ErrorCode.UnknownTopicOrPartition,
                })],
            })],
        };
    }

    /// <summary>Whether something was committed for the topic, or is about to be.</summary>
    public static bool Knows(this Group group, string topic) => KnownPartitions(group).Any(p => p.Topic == topic);

    /// <summary>Forgets what was committed for a topic that is gone.</summary>
    public static void ForgetTopics(this Group group, Func<string, bool> areGone, Decision decision)
    {
        decision.Offsets = OffsetsReason.TopicDeleted;
        decision.Records.AddRange(KnownPartitions(group).Where(p => areGone(p.Topic)).Select(p => new OffsetRecord(group.Id, p, null)));
    }

    /// <summary>Ends an empty group and everything it remembers.</summary>
    public static ErrorCode Delete(this Group group, Decision decision)
    {
        if (!group.IsEmpty)
            return ErrorCode.NonEmptyGroup;

        decision.Offsets = OffsetsReason.Deleted;
        decision.Records.AddRange(KnownPartitions(group).Select(p => new OffsetRecord(group.Id, p, null)));
        End(group, decision);
        return ErrorCode.None;
    }

    /// <summary>
    /// Forgets what has not been needed for the retention: in an empty group counted from when it became empty, in one that never
    /// had members from the commit, in a running one and in one of the consumer protocol from the commit and only for topics it does not read.
    /// What an open transaction is about to replace stays. An empty group with nothing left ends.
    /// </summary>
    public static void ExpireOffsets(this Group group, Decision decision)
    {
        // Nothing but members speaks for a running group whose subscriptions are unknown or about to change.
        if (group.State != GroupState.Empty && !(group.State == GroupState.Stable && group.SubscribedTopics is not null))
            return;

        var expired = group.Offsets.Where(o =>
            !group.MaySubscribeTo(o.Key.Topic) && IsExpired(group, o.Value, decision.TimestampMs) && !group.PendingOffsets.Contains(o.Key)).ToList();
        decision.Offsets = OffsetsReason.Expired;
        decision.Records.AddRange(expired.Select(o => new OffsetRecord(group.Id, o.Key, null)));
        if (expired.Count == group.Offsets.Count && group.IsEmpty && group.Roster.Pending.Count == 0 && group.PendingOffsets.IsEmpty)
            End(group, decision);
    }

    private static ErrorCode DeleteOffset(Group group, TopicPartition partition, Decision decision)
    {
        if (group.MaySubscribeTo(partition.Topic))
            return ErrorCode.GroupSubscribedToTopic;
        if (group.Offsets.ContainsKey(partition) || group.PendingOffsets.Contains(partition))
            decision.Records.Add(new OffsetRecord(group.Id, partition, null));
        return ErrorCode.None;
    }

    private static void End(Group group, Decision decision) =>
        decision.Records.AddRange(group.Consumer is { } consumer ? consumer.State.Tombstones(group.Id) : [new GenerationRecord(group.Id, null)]);

    private static bool IsExpired(Group group, CommittedOffset offset, long nowMs)
    {
        if (offset.ExpireTimestampMs >= 0)
            return nowMs >= offset.ExpireTimestampMs;

        var since = group is { State: GroupState.Empty, ProtocolType: not null, StateTimestampMs: >= 0 }
            ? group.StateTimestampMs
            : offset.CommitTimestampMs;
        return nowMs - since >= (long)group.Settings.OffsetsRetention.TotalMilliseconds;
    }

    private static IEnumerable<TopicPartition> KnownPartitions(Group group) => group.Offsets.Keys.Union(group.PendingOffsets.Partitions);
}
