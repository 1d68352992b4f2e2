using Broker.Groups.Consumer;
using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.OffsetCommitRequest;
using static Broker.Protocol.Messages.TxnOffsetCommitRequest;

namespace Broker.Groups;

/// <summary>
/// Commits, plain and in transactions, and who may make them. A commit is answered when its record is on disk, like every other answer that
/// carries records.
/// </summary>
internal static class GroupCommits
{
    private const short FirstOfConsumerProtocol = 9;

    public static OffsetCommitResponse Commit(this Group group, OffsetCommitRequest request, short version, Decision decision)
    {
        var committer = new Committer(request.MemberId, request.GroupInstanceId, request.GenerationIdOrMemberEpoch, IsTransactional: false);
        var right = group.Consumer is { } consumer ? CheckConsumer(consumer.State, committer, version) : CheckClassic(group, committer, decision);
        // Whoever assigns its partitions itself commits from outside too, but to a group that nobody has ever joined.
        if (committer.Epoch < 0 && group is not { Consumer: null, ProtocolType: null })
            decision.Offsets = OffsetsReason.Reset;
        var expires = request.RetentionTimeMs < 0 ? -1 : decision.TimestampMs + request.RetentionTimeMs;
        return request.Answer((topic, partition) => CommitOne(
            group, right, committer, new TopicPartition(topic, partition.PartitionIndex),
            new CommittedOffset(
                partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.CommittedMetadata ?? "", decision.TimestampMs, expires),
            decision));
    }

    /// <summary>
    /// Offsets that count once the producer's transaction commits. Clients before version 3 do not say who they are in the group;
    /// whoever does is held to it. Unlike a plain commit it is taken also between two generations, as Kafka does.
    /// </summary>
    public static TxnOffsetCommitResponse CommitTransactional(this Group group, TxnOffsetCommitRequest request, Decision decision)
    {
        var committer = new Committer(request.MemberId, request.GroupInstanceId, request.GenerationId, IsTransactional: true);
        var right = committer.IsNobody ? default
            : group.Consumer is { } consumer ? CheckConsumer(consumer.State, committer, FirstOfConsumerProtocol)
            : CheckClassic(group, committer, decision);
        decision.Transaction = new TransactionalProducer(request.ProducerId, request.ProducerEpoch);
        return request.Answer((topic, partition) => CommitOne(
            group, right, committer, new TopicPartition(topic, partition.PartitionIndex),
            new CommittedOffset(partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.CommittedMetadata ?? "", decision.TimestampMs),
            decision));
    }

    /// <summary>Whether a member may resume from the group's offsets; who does not say who it is may.</summary>
    public static ErrorCode CheckFetch(this Group group, string? memberId, int memberEpoch)
    {
        if (group.Consumer is not { } consumer || (memberId is null && memberEpoch < 0))
            return ErrorCode.None;
        return consumer.State.Find(memberId ?? "") is not { } member ? ErrorCode.UnknownMemberId
            : memberEpoch == member.Current.Epoch ? ErrorCode.None
            : member.IsClassic ? ErrorCode.IllegalGeneration
            : ErrorCode.StaleMemberEpoch;
    }

    /// <summary>One code for each partition of the request.</summary>
    public static OffsetCommitResponse Answer(this OffsetCommitRequest request, Func<string, OffsetCommitRequestPartition, ErrorCode> code) => new()
    {
        Topics = [.. request.Topics.Select(topic => new OffsetCommitResponse.OffsetCommitResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.TopicId,
            Partitions = [.. topic.Partitions.Select(partition => new OffsetCommitResponse.OffsetCommitResponsePartition
            {
                PartitionIndex = partition.PartitionIndex,
                ErrorCode = code(topic.Name, partition),
            })],
        })],
    };

    /// <summary>One code for each partition of the request.</summary>
    public static TxnOffsetCommitResponse Answer(this TxnOffsetCommitRequest request, Func<string, TxnOffsetCommitRequestPartition, ErrorCode> code) => new()
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

    private static Right CheckClassic(Group group, in Committer committer, Decision decision)
    {
        // Without a generation: an administrator, or a consumer that assigns its partitions itself.
        if (committer.Epoch < 0 && group.State == GroupState.Empty)
            return default;
        if (committer.IsNobody)
            return new(ErrorCode.UnknownMemberId);

        var error = group.Roster.Check(committer.MemberId, committer.InstanceId, out var member);
        if (error != ErrorCode.None)
            return new(error);
        if (committer.Epoch != group.Generation)
            return new(ErrorCode.IllegalGeneration);
        if (committer.IsTransactional)
            return default;
        if (group.State == GroupState.CompletingRebalance)
            return new(ErrorCode.RebalanceInProgress);

        group.Renew(member!, decision.Now);
        return default;
    }

    private static Right CheckConsumer(ConsumerState state, in Committer committer, short version)
    {
        if (committer.Epoch < 0 && state.Members.IsEmpty)
            return default;
        if (state.Find(committer.MemberId) is not { } member)
            return new(ErrorCode.UnknownMemberId);
        if (!committer.IsTransactional && !member.IsClassic && version < FirstOfConsumerProtocol)
            return new(ErrorCode.UnsupportedVersion);
        return committer.Epoch > member.Current.Epoch ? new(Stale(member, committer))
            : committer.Epoch < member.Current.Epoch ? new(ErrorCode.None, member)
            : default;
    }

    private static ErrorCode CommitOne(
        Group group, in Right right, in Committer committer, TopicPartition partition, CommittedOffset offset, Decision decision)
    {
        if (right.Error != ErrorCode.None)
            return right.Error;
        if (group.Topics.Find(partition.Topic) is not { } topic || partition.Partition < 0 || partition.Partition >= topic.Partitions)
            return ErrorCode.UnknownTopicOrPartition;
        if (right.Behind is { } member && !HeldBy(member, new TopicIdPartition(topic.Id, partition.Partition), committer.Epoch))
            return Stale(member, committer);
        if (offset.Metadata.Length > group.Settings.OffsetMetadataMaxBytes)
            return ErrorCode.OffsetMetadataTooLarge;

        decision.Records.Add(new OffsetRecord(group.Id, partition, offset));
        return ErrorCode.None;
    }

    private static bool HeldBy(ConsumerMember member, TopicIdPartition partition, int epoch) =>
        member.Current.Held.Any(held => held.Partition == partition && held.Epoch <= epoch);

    private static ErrorCode Stale(ConsumerMember member, in Committer committer) =>
        member.IsClassic || committer.IsTransactional ? ErrorCode.IllegalGeneration : ErrorCode.StaleMemberEpoch;

    private readonly record struct Committer(string MemberId, string? InstanceId, int Epoch, bool IsTransactional)
    {
        public bool IsNobody => Epoch < 0 && MemberId.Length == 0 && InstanceId is null;
    }

    /// <param name="Error">Why nothing may be committed.</param>
    /// <param name="Behind">A member that names an earlier epoch than its own: it may commit what it has held since then.</param>
    private readonly record struct Right(ErrorCode Error, ConsumerMember? Behind = null);
}
