using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.LeaveGroupRequest;
using static Broker.Protocol.Messages.LeaveGroupResponse;

namespace Broker.Groups.Consumer;

/// <summary>
/// JoinGroup, SyncGroup, Heartbeat and LeaveGroup of classic consumers in a group of the consumer protocol. The coordinator assigns; such a
/// member is called to join again by its heartbeats whenever there is something for it to give up or to get, its generation is its epoch, and
/// what it holds is answered to its SyncGroup.
/// </summary>
internal static class ClassicMembers
{
    private const short FirstWithMemberIdRequired = 4;

    /// <exception cref="GroupFaultException">The request is refused.</exception>
    public static void JoinAsClassic(
        this Group group, ConsumerGroup consumer, JoinGroupRequest request, short version, GroupClient client, Reply<JoinGroupResponse> reply, Decision decision)
    {
        var draft = new ConsumerDraft(group, decision);
        var isNew = request.MemberId.Length == 0;
        var memberId = isNew ? Guid.NewGuid().ToString() : request.MemberId;
        Membership.RefuseIfFull(draft, memberId, group.Settings.ConsumerMaxSize);
        var classic = new ClassicMember(request.SessionTimeoutMs, [.. request.Protocols.Select(p => new MemberProtocol(p.Name, p.Metadata))]);
        if (request.ProtocolType != ConsumerSubscription.ProtocolType || classic.Protocols.Count == 0 || !KnowsOneOf(consumer.State, classic)
            || EmbeddedProtocol.ReadSubscription(classic.Preferred.Metadata) is not { } subscription)
        {
            throw new GroupFaultException(ErrorCode.InconsistentGroupProtocol, $"Member {memberId}'s protocols are not supported.");
        }

        if (isNew && request.GroupInstanceId is null && version >= FirstWithMemberIdRequired)
        {
            // It comes back with this id; that it was given out is not kept, as anybody may join under an id of its own.
            decision.Answer(reply, GroupJoin.Refused(ErrorCode.MemberIdRequired, memberId));
            return;
        }

        var before = Joining(draft.State, request, memberId, isNew);
        if (before is not null && draft.TryDowngradeWithout(before))
        {
            request.MemberId = "";
            decision.Then((downgraded, next) => downgraded.Join(request, version, client, reply, next));
            return;
        }

        before = before is null ? new ConsumerMember(memberId, MemberMetadata.Unknown, CurrentAssignment.None)
            : before.Id != memberId ? draft.Replace(before, memberId)
            : before;
        var metadata = before.Metadata with
        {
            InstanceId = request.GroupInstanceId ?? before.Metadata.InstanceId,
            RackId = subscription.RackId ?? before.Metadata.RackId,
            RebalanceTimeoutMs = request.RebalanceTimeoutMs < 0 ? request.SessionTimeoutMs : request.RebalanceTimeoutMs,
            TopicNames = ValueSet<string>.Of(subscription.Topics),
            TopicRegex = "",
            ClientId = client.Id,
            ClientHost = client.Host,
            Classic = classic,
        };
        var wantsOthers = !metadata.TopicNames.Equals(before.Metadata.TopicNames) || before.Metadata.HasRegex;
        if (metadata != before.Metadata)
            draft.Add(new MemberMetadataRecord(group.Id, memberId, metadata));
        draft.FollowSubscriptions(wantsOthers);

        // What a classic consumer holds it says when it joins; one of the first version holds nothing by then.
        var after = draft.Reconcile(memberId, wantsOthers, Owned(subscription, group.Topics));
        decision.Then((joined, next) =>
        {
            var deadlines = joined.Consumer!.DeadlinesOf(memberId);
            deadlines.Session = next.Now + ConsumerGroup.SessionOf(after, joined.Settings);
            deadlines.Rejoin = TimeSpan.MaxValue;
            deadlines.Sync = next.Now + TimeSpan.FromMilliseconds(metadata.RebalanceTimeoutMs);
            joined.WakeBy(deadlines.First);
        });
        decision.Answer(reply, new JoinGroupResponse
        {
            MemberId = memberId,
            GenerationId = after.Current.Epoch,
            ProtocolType = ConsumerSubscription.ProtocolType,
            ProtocolName = classic.Preferred.Name,
        });
    }

    public static SyncGroupResponse SyncAsClassic(this Group group, ConsumerGroup consumer, SyncGroupRequest request, Decision decision)
    {
        var error = Check(consumer.State, request.MemberId, request.GroupInstanceId, request.GenerationId, out var member);
        if (error != ErrorCode.None)
            return new SyncGroupResponse { ErrorCode = error };

        var preferred = member!.Metadata.Classic!.Preferred;
        if ((request.ProtocolType ?? ConsumerSubscription.ProtocolType) != ConsumerSubscription.ProtocolType
            || (request.ProtocolName ?? preferred.Name) != preferred.Name)
            return new SyncGroupResponse { ErrorCode = ErrorCode.InconsistentGroupProtocol };

        var deadlines = consumer.DeadlinesOf(member.Id);
        if (consumer.State.Epoch > member.Current.Epoch && member.Current.State != MemberState.UnrevokedPartitions)
        {
            CallToRejoin(group, deadlines, member, decision);
            return new SyncGroupResponse { ErrorCode = ErrorCode.RebalanceInProgress };
        }

        deadlines.Sync = TimeSpan.MaxValue;
        deadlines.Session = decision.Now + ConsumerGroup.SessionOf(member, group.Settings);
        return new SyncGroupResponse
        {
            ProtocolType = request.ProtocolType,
            ProtocolName = request.ProtocolName,
            Assignment = EmbeddedProtocol.WriteAssignment(
                EmbeddedProtocol.ReadSubscription(preferred.Metadata)?.Version ?? 0,
                Migration.Named(member.Current.Assigned.Select(held => held.Partition), group.Topics)),
        };
    }

    public static ErrorCode BeatAsClassic(this Group group, ConsumerGroup consumer, HeartbeatRequest request, Decision decision)
    {
        var error = Check(consumer.State, request.MemberId, request.GroupInstanceId, request.GenerationId, out var member);
        if (error != ErrorCode.None)
            return error;

        var deadlines = consumer.DeadlinesOf(member!.Id);
        deadlines.Session = decision.Now + ConsumerGroup.SessionOf(member, group.Settings);
        var mustRejoin = member.Current.Epoch < consumer.State.Epoch
            || member.Current.State == MemberState.UnrevokedPartitions
            || (member.Current.State == MemberState.UnreleasedPartitions && !IsWaiting(consumer.State, member));
        if (!mustRejoin)
            return ErrorCode.None;

        CallToRejoin(group, deadlines, member, decision);
        return ErrorCode.RebalanceInProgress;
    }

    /// <summary>Also how an administrator sends members away, of either protocol.</summary>
    public static IReadOnlyList<MemberResponse> LeaveAsClassic(
        this Group group, ConsumerGroup consumer, IReadOnlyList<MemberIdentity> leavers, Decision decision)
    {
        var leaving = new List<ConsumerMember>();
        var responses = leavers.Select(leaver =>
        {
            var member = leaver.GroupInstanceId is { } instanceId ? consumer.State.FindInstance(instanceId) : consumer.State.Find(leaver.MemberId);
            var error = member is null ? ErrorCode.UnknownMemberId
                : leaver.MemberId.Length > 0 && leaver.MemberId != member.Id ? ErrorCode.FencedInstanceId
                : ErrorCode.None;
            if (error == ErrorCode.None && !leaving.Contains(member!))
                leaving.Add(member!);
            return new MemberResponse { MemberId = leaver.MemberId, GroupInstanceId = leaver.GroupInstanceId, ErrorCode = error };
        }).ToList();

        if (leaving.Count > 0)
            new ConsumerDraft(group, decision).End(leaving);
        return responses;
    }

    /// <summary>Whose place the joiner takes; null for one that is new.</summary>
    private static ConsumerMember? Joining(ConsumerState state, JoinGroupRequest request, string memberId, bool isNew)
    {
        if (request.GroupInstanceId is not { } instanceId)
            return state.Find(memberId);

        var known = state.FindInstance(instanceId);
        if (isNew)
            return known;
        if (known is null)
            throw Membership.UnknownInstance(instanceId);
        Membership.RefuseIfFenced(known, memberId, instanceId);
        return known;
    }

    private static ErrorCode Check(ConsumerState state, string memberId, string? instanceId, int generation, out ConsumerMember? member)
    {
        member = instanceId is null ? state.Find(memberId) : state.FindInstance(instanceId);
        return member is null ? ErrorCode.UnknownMemberId
            : member.Id != memberId ? ErrorCode.FencedInstanceId
            : !member.IsClassic ? ErrorCode.UnknownMemberId
            : generation != member.Current.Epoch ? ErrorCode.IllegalGeneration
            : ErrorCode.None;
    }

    private static void CallToRejoin(Group group, MemberDeadlines deadlines, ConsumerMember member, Decision decision)
    {
        if (deadlines.Rejoin == TimeSpan.MaxValue)
            deadlines.Rejoin = decision.Now + TimeSpan.FromMilliseconds(member.Metadata.RebalanceTimeoutMs);
        group.WakeBy(deadlines.First);
    }

    /// <summary>Whether everything the member still lacks is held by others.</summary>
    private static bool IsWaiting(ConsumerState state, ConsumerMember member)
    {
        var holders = state.Holders();
        var assigned = member.Current.Assigned.Select(held => held.Partition).ToHashSet();
        return state.TargetOf(member.Id).Any(p => !assigned.Contains(p) && holders.ContainsKey(p));
    }

    private static bool KnowsOneOf(ConsumerState state, ClassicMember joining)
    {
        var others = state.Members.Values.Select(m => m.Metadata.Classic).OfType<ClassicMember>().ToList();
        return joining.Protocols.Any(p => others.All(o => o.Protocols.Any(known => known.Name == p.Name)));
    }

    private static HashSet<TopicIdPartition> Owned(EmbeddedProtocol.Subscription subscription, ITopicsView topics) =>
        [.. (subscription.Owned ?? []).Select(p => topics.Find(p.Topic) is { } topic ? new TopicIdPartition(topic.Id, p.Partition) : default)];
}
