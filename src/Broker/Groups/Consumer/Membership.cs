using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Groups.Consumer;

/// <summary>Who may speak for a member of the consumer protocol, who becomes one, and how members end.</summary>
internal static class Membership
{
    /// <summary>The member as it is before the request, made where it joins. One that speaks for another epoch than its own is fenced.</summary>
    /// <exception cref="GroupFaultException">The request is refused.</exception>
    public static ConsumerMember Subscribe(this ConsumerDraft draft, ConsumerGroupHeartbeatRequest request, string memberId)
    {
        RefuseIfFull(draft, memberId, draft.Group.Settings.ConsumerMaxSize);
        var isJoin = request.MemberEpoch == 0;
        if (request.InstanceId is not { } instanceId)
        {
            var member = draft.State.Find(memberId);
            if (member is null && !isJoin)
                throw NoSuchMember(draft.Group.Id, memberId);
            member ??= new ConsumerMember(memberId, MemberMetadata.Unknown, CurrentAssignment.None);
            CheckEpoch(member.Current, request);
            return member;
        }

        var known = draft.State.FindInstance(instanceId);
        if (!isJoin)
        {
            if (known is null)
                throw UnknownInstance(instanceId);
            RefuseIfFenced(known, memberId, instanceId);
            CheckEpoch(known.Current, request);
            return known;
        }

        if (known is null)
            return draft.State.Find(memberId) ?? new ConsumerMember(memberId, MemberMetadata.Unknown, CurrentAssignment.None);
        if (!known.IsClassic && !known.Current.IsAway)
            throw new GroupFaultException(
                ErrorCode.UnreleasedInstanceId,
                $"Static member {memberId} with instance id {instanceId} cannot join the group because the instance id is owned by {known.Id} member.");
        return draft.Replace(known, memberId);
    }

    /// <summary>A static member came back under a new id: it takes over what it held.</summary>
    public static ConsumerMember Replace(this ConsumerDraft draft, ConsumerMember old, string memberId)
    {
        var target = draft.State.TargetOf(old.Id);
        var held = old.Current.Assigned.Select(partition => partition with { Epoch = 0 });
        var current = CurrentAssignment.None with { Assigned = ValueSet<HeldPartition>.Of(held) };
        draft.Remove(old.Id);
        draft.Add(new MemberMetadataRecord(draft.Group.Id, memberId, old.Metadata));
        draft.Add(new TargetAssignmentRecord(draft.Group.Id, memberId, target));
        draft.Add(new CurrentAssignmentRecord(draft.Group.Id, memberId, current));
        return draft.State.Find(memberId)!;
    }

    /// <exception cref="GroupFaultException">There is no such member, or another speaks for its instance.</exception>
    public static ConsumerGroupHeartbeatResponse LeaveConsumers(this Group group, ConsumerGroupHeartbeatRequest request, Decision decision)
    {
        if (group.Consumer is not { } consumer)
            throw new GroupFaultException(ErrorCode.GroupIdNotFound, $"Group {group.Id} is not a consumer group.");

        var member = request.InstanceId is { } instanceId
            ? consumer.State.FindInstance(instanceId) ?? throw UnknownInstance(instanceId)
            : consumer.State.Find(request.MemberId) ?? throw NoSuchMember(group.Id, request.MemberId);
        if (request.InstanceId is not null)
            RefuseIfFenced(member, request.MemberId, request.InstanceId);

        var draft = new ConsumerDraft(group, decision);
        if (request.MemberEpoch == CurrentAssignment.StaticLeaveEpoch)
        {
            // Its partitions stay its own until it comes back or its session ends.
            var away = member.Current with { Epoch = CurrentAssignment.StaticLeaveEpoch, PendingRevocation = ValueSet<HeldPartition>.Empty };
            draft.Add(new CurrentAssignmentRecord(group.Id, member.Id, away));
        }
        else
        {
            draft.End([member]);
        }

        return new ConsumerGroupHeartbeatResponse { MemberId = request.MemberId, MemberEpoch = request.MemberEpoch };
    }

    /// <summary>Members left or were fenced; the others share what they held, or go on by the classic protocol when all that are left speak it.</summary>
    public static void End(this ConsumerDraft draft, IReadOnlyList<ConsumerMember> members)
    {
        foreach (var member in members)
            draft.Remove(member.Id);

        if (draft.CanDowngrade())
        {
            draft.Downgrade();
            return;
        }

        draft.ResolveRegexes(topicsHaveChanged: false);
        draft.RaiseEpoch();
    }

    /// <summary>Fences whoever missed a deadline.</summary>
    public static void ExpireConsumers(this Group group, ConsumerGroup consumer, Decision decision)
    {
        var late = consumer.Late(decision.Now);
        if (late.Count == 0)
            return;

        // Should the records of their end not be written, the next attempt is a session away.
        foreach (var (member, _) in late)
            consumer.Excuse(member, group.Settings, decision.Now);
        new ConsumerDraft(group, decision).End([.. late.Select(l => l.Member)]);
        decision.Fenced = late;
    }

    /// <exception cref="GroupFaultException">The group is full and the member not in it.</exception>
    public static void RefuseIfFull(ConsumerDraft draft, string memberId, int maxSize)
    {
        if (draft.State.Members.Count >= maxSize && draft.State.Find(memberId) is null)
            throw new GroupFaultException(
                ErrorCode.GroupMaxSizeReached, $"The consumer group has reached its maximum capacity of {maxSize} members.");
    }

    /// <exception cref="GroupFaultException">Another member has taken over the instance.</exception>
    public static void RefuseIfFenced(ConsumerMember member, string memberId, string instanceId)
    {
        if (member.Id != memberId)
            throw new GroupFaultException(
                ErrorCode.FencedInstanceId, $"Static member {memberId} with instance id {instanceId} was fenced by member {member.Id}.");
    }

    public static GroupFaultException UnknownInstance(string instanceId) =>
        new(ErrorCode.UnknownMemberId, $"Instance id {instanceId} is unknown.");

    public static GroupFaultException NoSuchMember(string groupId, string memberId) =>
        new(ErrorCode.UnknownMemberId, $"Member {memberId} is not a member of group {groupId}.");

    private static void CheckEpoch(CurrentAssignment current, ConsumerGroupHeartbeatRequest request)
    {
        // With epoch 0 a member that has lost track begins anew, at whatever it holds.
        if (request.MemberEpoch == current.Epoch || request.MemberEpoch == 0)
            return;

        // The answer that raised the epoch may have got lost: the member may then hold nothing but what it still has.
        var assigned = current.Assigned.Select(held => held.Partition).ToHashSet();
        var missedAnswer = request.MemberEpoch == current.PreviousEpoch && request.MemberEpoch < current.Epoch
            && request.TopicPartitions?.All(topic => topic.Partitions.All(p => assigned.Contains(new TopicIdPartition(topic.TopicId, p)))) == true;
        if (!missedAnswer)
            throw new GroupFaultException(
                ErrorCode.FencedMemberEpoch,
                $"The consumer group member has a {(request.MemberEpoch > current.Epoch ? "greater" : "smaller")} member epoch ({request.MemberEpoch}) than "
                + $"the one known by the group coordinator ({current.Epoch}). The member must abandon all its partitions and rejoin.");
    }
}
