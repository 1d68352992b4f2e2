using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.ConsumerGroupHeartbeatResponse;

namespace Broker.Groups.Consumer;

/// <summary>
/// ConsumerGroupHeartbeat: everything a member of the consumer protocol does. It joins with epoch 0, says what it wants and holds, is told
/// what it shall hold, and leaves with -1, or with -2 when it is static and will come back.
/// </summary>
internal static class ConsumerHeartbeat
{
    /// <exception cref="GroupFaultException">The request is refused.</exception>
    public static ConsumerGroupHeartbeatResponse Heartbeat(
        this Group group, ConsumerGroupHeartbeatRequest request, GroupClient client, Decision decision)
    {
        if (request.MemberEpoch < 0)
            return group.LeaveConsumers(request, decision);

        var draft = group.OpenForConsumers(isJoin: request.MemberEpoch == 0, decision);
        draft.MaySee = client.MaySee;
        var memberId = request.MemberId.Length > 0 ? request.MemberId : Guid.NewGuid().ToString();
        var before = draft.Subscribe(request, memberId);
        var beforeState = before.Current;

        var metadata = Said(request, before.Metadata, client);
        var wantsOthers = !metadata.TopicNames.Equals(before.Metadata.TopicNames) || (metadata.TopicRegex ?? "") != (before.Metadata.TopicRegex ?? "");
        if (metadata != before.Metadata)
            draft.Add(new MemberMetadataRecord(group.Id, memberId, metadata));
        draft.FollowSubscriptions(wantsOthers);

        var after = draft.Reconcile(memberId, wantsOthers, Owned(request));
        draft.NoteHeard(after, hasMoved: after.Current != beforeState);

        var isFull = request.RebalanceTimeoutMs != -1
            && (request.SubscribedTopicNames is not null || request.SubscribedTopicRegex is not null)
            && request.TopicPartitions is not null;
        return new ConsumerGroupHeartbeatResponse
        {
            MemberId = memberId,
            MemberEpoch = after.Current.Epoch,
            HeartbeatIntervalMs = Interval(group.Settings, after.Current.State),
            Assignment = request.MemberEpoch == 0 || isFull || !after.Current.Assigned.Equals(beforeState.Assigned) ? Told(after.Current) : null,
        };
    }

    public static ConsumerGroupHeartbeatResponse Refused(ErrorCode error, string? message = null) =>
        new() { ErrorCode = error, ErrorMessage = message };

    /// <summary>The topics as the members want them now, with a target for them.</summary>
    public static void FollowSubscriptions(this ConsumerDraft draft, bool membersHaveChanged)
    {
        var topics = draft.Topics.Version;
        var topicsHaveChanged = draft.Group.Consumer?.TopicsSeen != topics;
        if (membersHaveChanged || topicsHaveChanged)
        {
            draft.ResolveRegexes(topicsHaveChanged);
            draft.Decision.Then((group, _) => group.Consumer?.TopicsSeen = topics);
        }

        // A group begins in epoch 1; what its first member wants takes it to 2, as in Kafka.
        if (draft.State.Epoch == 0)
            draft.RaiseEpoch();
        if (membersHaveChanged || (topicsHaveChanged && draft.HaveChanged()))
            draft.RaiseEpoch();
        if (draft.State.Epoch > draft.State.TargetEpoch)
            draft.Assign();
    }

    /// <summary>Takes the member a step on.</summary>
    public static ConsumerMember Reconcile(this ConsumerDraft draft, string memberId, bool wantsOthers, IReadOnlySet<TopicIdPartition>? owned)
    {
        var member = draft.State.Find(memberId)!;
        if (!wantsOthers && member.Current.IsReconciledTo(draft.State.TargetEpoch))
            return member;

        Dictionary<TopicIdPartition, string>? holders = null;
        var reconciliation = new Reconciliation(
            member, draft.State.TargetOf(memberId), draft.State.TargetEpoch, Subscriptions.TopicIdsOf(draft.State, member, draft.Topics))
        {
            Owned = owned,
            HasSubscriptionChanged = wantsOthers,
        };
        var next = reconciliation.Step(partition =>
            (holders ??= draft.State.Holders()).TryGetValue(partition, out var holder) && holder != memberId);
        if (next != member.Current)
            draft.Add(new CurrentAssignmentRecord(draft.Group.Id, memberId, next));
        return draft.State.Find(memberId)!;
    }

    /// <summary>The member's session begins anew; once it has to give something up, so does the time for that.</summary>
    public static void NoteHeard(this ConsumerDraft draft, ConsumerMember member, bool hasMoved) => draft.Decision.Then((group, decision) =>
    {
        var consumer = group.Consumer!;
        var deadlines = consumer.DeadlinesOf(member.Id);
        deadlines.Session = decision.Now + ConsumerGroup.SessionOf(member, group.Settings);

        // It may have been a classic member a moment ago.
        (deadlines.Rejoin, deadlines.Sync) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        if (hasMoved)
            consumer.NoteRevocation(member, decision.Now);
        group.WakeBy(deadlines.First);
    });

    /// <summary>What is not said is as before.</summary>
    private static MemberMetadata Said(ConsumerGroupHeartbeatRequest request, MemberMetadata before, GroupClient client) => before with
    {
        InstanceId = request.InstanceId ?? before.InstanceId,
        RackId = request.RackId ?? before.RackId,
        RebalanceTimeoutMs = request.RebalanceTimeoutMs != -1 ? request.RebalanceTimeoutMs : before.RebalanceTimeoutMs,
        TopicNames = request.SubscribedTopicNames is { } names ? ValueSet<string>.Of(names) : before.TopicNames,
        TopicRegex = request.SubscribedTopicRegex ?? before.TopicRegex,
        Assignor = request.ServerAssignor ?? before.Assignor,
        ClientId = client.Id,
        ClientHost = client.Host,
        Classic = null,
    };

    private static HashSet<TopicIdPartition>? Owned(ConsumerGroupHeartbeatRequest request) =>
        request.TopicPartitions?.SelectMany(topic => topic.Partitions.Select(p => new TopicIdPartition(topic.TopicId, p))).ToHashSet();

    /// <summary>Whoever waits for partitions that others are about to give up asks again soon, so that they are not left unread for a whole interval.</summary>
    private static int Interval(GroupSettings settings, MemberState state)
    {
        var interval = (int)settings.ConsumerHeartbeatInterval.TotalMilliseconds;
        return state == MemberState.UnreleasedPartitions ? Math.Max(1, interval / 10) : interval;
    }

    private static MemberAssignment Told(CurrentAssignment current) => new()
    {
        TopicPartitions = [.. current.Assigned.GroupBy(held => held.Partition.TopicId).Select(topic => new AssignedTopicPartitions
        {
            TopicId = topic.Key,
            Partitions = [.. topic.Select(held => held.Partition.Partition)],
        })],
    };
}
