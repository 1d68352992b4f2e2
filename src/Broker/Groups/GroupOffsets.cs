using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.OffsetCommitRequest;

namespace Broker.Groups;

/// <summary>
/// What a group remembers of how far it has read: commits, who may make them, and when they are forgotten. A commit is answered
/// when its record is on disk, like every other answer that carries records.
/// </summary>
internal static class GroupOffsets
{
    public static OffsetCommitResponse Commit(this Group group, OffsetCommitRequest request, Func<string, int, bool> partitionExists, Decision decision)
    {
        var refused = CheckCommit(group, request, decision);
        return request.Answer((topic, partition) =>
            refused != ErrorCode.None ? refused
            : !partitionExists(topic, partition.PartitionIndex) ? ErrorCode.UnknownTopicOrPartition
            : CommitOne(
                group,
                new TopicPartition(topic, partition.PartitionIndex),
                new CommittedOffset(
                    partition.CommittedOffset,
                    partition.CommittedLeaderEpoch,
                    partition.CommittedMetadata ?? "",
                    decision.TimestampMs,
                    request.RetentionTimeMs < 0 ? -1 : decision.TimestampMs + request.RetentionTimeMs),
                decision));
    }

    /// <summary>One code for each partition of the request.</summary>
    public static OffsetCommitResponse Answer(this OffsetCommitRequest request, Func<string, OffsetCommitRequestPartition, ErrorCode> code) => new()
    {
        Topics = [.. request.Topics.Select(topic => new OffsetCommitResponse.OffsetCommitResponseTopic
        {
            Name = topic.Name,
            Partitions = [.. topic.Partitions.Select(partition => new OffsetCommitResponse.OffsetCommitResponsePartition
            {
                PartitionIndex = partition.PartitionIndex,
                ErrorCode = code(topic.Name, partition),
            })],
        })],
    };

    /// <summary>
    /// Offsets that count once the producer's transaction commits. Clients before version 3 do not say who they are in the group;
    /// whoever does is held to it. Unlike a plain commit it is taken also between two generations, as Kafka does.
    /// </summary>
    public static TxnOffsetCommitResponse CommitTransactional(
        this Group group, TxnOffsetCommitRequest request, Func<string, int, bool> partitionExists, Decision decision)
    {
        var refused = CheckTransactionalCommit(group, request);
        decision.Transaction = new TransactionalProducer(request.ProducerId, request.ProducerEpoch);
        return request.Answer((topic, partition) =>
            refused != ErrorCode.None ? refused
            : !partitionExists(topic, partition.PartitionIndex) ? ErrorCode.UnknownTopicOrPartition
            : CommitOne(
                group,
                new TopicPartition(topic, partition.PartitionIndex),
                new CommittedOffset(partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.CommittedMetadata ?? "", decision.TimestampMs),
                decision));
    }

    /// <summary>One code for each partition of the request.</summary>
    public static TxnOffsetCommitResponse Answer(
        this TxnOffsetCommitRequest request, Func<string, TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition, ErrorCode> code) => new()
    {
        Topics = [.. request.Topics.Select(topic => new TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic
        {
            Name = topic.Name,
            Partitions = [.. topic.Partitions.Select(partition => new TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition
            {
                PartitionIndex = partition.PartitionIndex,
                ErrorCode = code(topic.Name, partition),
            })],
        })],
    };

    /// <summary>Forgets partitions of topics that no member reads.</summary>
    public static OffsetDeleteResponse DeleteOffsets(this Group group, OffsetDeleteRequest request, Func<string, bool> topicExists, Decision decision)
    {
        if (group.State != GroupState.Empty && !group.IsConsumerGroup)
            return new OffsetDeleteResponse { ErrorCode = ErrorCode.NonEmptyGroup };

        return new OffsetDeleteResponse
        {
            Topics = [.. request.Topics.Select(topic => new OffsetDeleteResponse.OffsetDeleteResponseTopic
            {
                Name = topic.Name,
                Partitions = [.. topic.Partitions.Select(partition => new OffsetDeleteResponse.OffsetDeleteResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = topicExists(topic.Name)
                        ? DeleteOffset(group, new TopicPartition(topic.Name, partition.PartitionIndex), decision)
                        : ErrorCode.UnknownTopicOrPartition,
                })],
            })],
        };
    }

    /// <summary>Forgets what was committed for a topic that is gone.</summary>
    public static void ForgetTopic(this Group group, Func<string, bool> isGone, Decision decision) =>
        decision.Records.AddRange(KnownPartitions(group).Where(p => isGone(p.Topic)).Select(p => new OffsetRecord(group.Id, p, null)));

    /// <summary>Ends an empty group and everything it remembers.</summary>
    public static ErrorCode Delete(this Group group, Decision decision)
    {
        if (group.State != GroupState.Empty)
            return ErrorCode.NonEmptyGroup;

        decision.Records.AddRange(KnownPartitions(group).Select(p => new OffsetRecord(group.Id, p, null)));
        decision.Records.Add(new GenerationRecord(group.Id, null));
        return ErrorCode.None;
    }

    /// <summary>
    /// Forgets what has not been needed for the retention: in an empty group counted from when it became empty, in one that never
    /// had members from the commit, in a running one from the commit and only for topics it does not read. What an open transaction
    /// is about to replace stays. An empty group with nothing left ends.
    /// </summary>
    public static void ExpireOffsets(this Group group, Decision decision)
    {
        // Nothing but members speaks for a running group whose subscriptions are unknown or about to change.
        if (group.State != GroupState.Empty && !(group.State == GroupState.Stable && group.SubscribedTopics is not null))
            return;

        var expired = group.Offsets.Where(o =>
            !group.MaySubscribeTo(o.Key.Topic) && IsExpired(group, o.Value, decision.TimestampMs) && !group.PendingOffsets.Contains(o.Key)).ToList();
        decision.Records.AddRange(expired.Select(o => new OffsetRecord(group.Id, o.Key, null)));
        if (expired.Count == group.Offsets.Count && group.State == GroupState.Empty && group.Roster.Pending.Count == 0 && group.PendingOffsets.IsEmpty)
            decision.Records.Add(new GenerationRecord(group.Id, null));
    }

    private static ErrorCode DeleteOffset(Group group, TopicPartition partition, Decision decision)
    {
        if (group.MaySubscribeTo(partition.Topic))
            return ErrorCode.GroupSubscribedToTopic;
        if (group.Offsets.ContainsKey(partition) || group.PendingOffsets.Contains(partition))
            decision.Records.Add(new OffsetRecord(group.Id, partition, null));
        return ErrorCode.None;
    }

    private static bool IsExpired(Group group, CommittedOffset offset, long nowMs)
    {
        if (offset.ExpireTimestampMs >= 0)
            return nowMs >= offset.ExpireTimestampMs;

        var since = group is { State: GroupState.Empty, ProtocolType: not null, StateTimestampMs: >= 0 }
            ? group.StateTimestampMs
            : offset.CommitTimestampMs;
        return nowMs - since >= (long)group.Settings.OffsetsRetention.TotalMilliseconds;
    }

    private static ErrorCode CheckCommit(Group group, OffsetCommitRequest request, Decision decision)
    {
        // Without a generation: an administrator, or a consumer that assigns its partitions itself.
        var isFromOutside = request.GenerationIdOrMemberEpoch < 0;
        if (isFromOutside && group.State == GroupState.Empty)
            return ErrorCode.None;
        if (isFromOutside && request.MemberId.Length == 0 && request.GroupInstanceId is null)
            return ErrorCode.UnknownMemberId;

        var error = group.Roster.Check(request.MemberId, request.GroupInstanceId, out var member);
        if (error != ErrorCode.None)
            return error;
        if (request.GenerationIdOrMemberEpoch != group.Generation)
            return ErrorCode.IllegalGeneration;
        if (group.State == GroupState.CompletingRebalance)
            return ErrorCode.RebalanceInProgress;

        group.Renew(member!, decision.Now);
        return ErrorCode.None;
    }

    private static ErrorCode CheckTransactionalCommit(Group group, TxnOffsetCommitRequest request)
    {
        if (request.GenerationId < 0 && group.State == GroupState.Empty)
            return ErrorCode.None;
        if (request.GenerationId < 0 && request.MemberId.Length == 0 && request.GroupInstanceId is null)
            return ErrorCode.None;

        var error = group.Roster.Check(request.MemberId, request.GroupInstanceId, out _);
        return error != ErrorCode.None ? error
            : request.GenerationId != group.Generation ? ErrorCode.IllegalGeneration
            : ErrorCode.None;
    }

    private static ErrorCode CommitOne(Group group, TopicPartition partition, CommittedOffset offset, Decision decision)
    {
        if (offset.Metadata.Length > group.Settings.OffsetMetadataMaxBytes)
            return ErrorCode.OffsetMetadataTooLarge;

        decision.Records.Add(new OffsetRecord(group.Id, partition, offset));
        return ErrorCode.None;
    }

    private static IEnumerable<TopicPartition> KnownPartitions(Group group) => group.Offsets.Keys.Union(group.PendingOffsets.Partitions);
}
