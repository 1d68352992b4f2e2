using Broker.Groups.Consumer;
using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.JoinGroupResponse;

namespace Broker.Groups;

/// <summary>
/// JoinGroup. The answer waits until everybody has joined, but for members that are told at once what they missed: a member id
/// to come back with (versions 4 and up), the running generation, or an error.
/// </summary>
internal static class GroupJoin
{
    private const short FirstWithMemberIdRequired = 4;
    private const short FirstWithSkipAssignment = 9;

    // A client id may be as long as a string can be, and the member id made of it must still be one.
    private const int MaxNameInMemberId = 1024;

    public static void Join(this Group group, JoinGroupRequest request, short version, GroupClient client, Reply<JoinGroupResponse> reply, Decision decision)
    {
        if (group.Consumer is not { } consumer)
            JoinClassic(group, request, version, client, reply, decision);
        else if (!consumer.State.Members.IsEmpty)
            group.JoinAsClassic(consumer, request, version, client, reply, decision);
        else
        {
            group.LeaveEmptyToClassic(decision);
            decision.Then((left, next) => JoinClassic(left, request, version, client, reply, next));
        }
    }

    private static void JoinClassic(
        Group group, JoinGroupRequest request, short version, GroupClient client, Reply<JoinGroupResponse> reply, Decision decision)
    {
        var protocols = request.Protocols.Select(p => new MemberProtocol(p.Name, p.Metadata)).ToList();
        if (!HasRoom(group, request.MemberId))
        {
            group.Roster.Pending.Remove(request.MemberId);
            decision.Refuse(reply, ErrorCode.GroupMaxSizeReached);
        }
        else if (!Supports(group, request.ProtocolType, protocols))
        {
            decision.Answer(reply, Refused(ErrorCode.InconsistentGroupProtocol, request.MemberId));
        }
        else if (JoinLimits.Check(group, Known(group, request), protocols) is var tooLarge and not ErrorCode.None)
        {
            group.Roster.Pending.Remove(request.MemberId);
            decision.Answer(reply, Refused(tooLarge, request.MemberId));
        }
        else if (request.MemberId.Length == 0)
        {
            JoinAnew(group, request, version, client, protocols, reply, decision);
        }
        else if (group.Roster.Pending.ContainsKey(request.MemberId) && request.GroupInstanceId is null)
        {
            Add(group, request.MemberId, request, client, protocols, reply, decision);
        }
        else if (group.Roster.Check(request.MemberId, request.GroupInstanceId, out var member) is var error and not ErrorCode.None)
        {
            decision.Answer(reply, Refused(error, request.MemberId));
        }
        else
        {
            Rejoin(group, member!, request, protocols, reply, decision);
        }
    }

    /// <summary>What a member is told of the generation that has just begun or is running; only the leader sees the others.</summary>
    public static JoinGroupResponse Joined(this Group group, Member member, bool skipAssignment = false) => new()
    {
        GenerationId = group.Generation,
        ProtocolType = group.ProtocolType,
        ProtocolName = group.Protocol,
        Leader = group.Roster.LeaderId ?? "",
        SkipAssignment = skipAssignment,
        MemberId = member.Id,
        Members = group.Roster.LeaderId != member.Id
            ? []
            : [.. group.Roster.Members.Select(m => new JoinGroupResponseMember
            {
                MemberId = m.Id,
                GroupInstanceId = m.InstanceId,
                Metadata = m.Metadata(group.Protocol),
            })],
    };

    public static JoinGroupResponse Refused(ErrorCode error, string memberId) => new() { ErrorCode = error, MemberId = memberId };

    private static void JoinAnew(
        Group group, JoinGroupRequest request, short version, GroupClient client, IReadOnlyList<MemberProtocol> protocols,
        Reply<JoinGroupResponse> reply, Decision decision)
    {
        var name = request.GroupInstanceId ?? client.Id;
        var id = $"{(name.Length > MaxNameInMemberId ? name[..MaxNameInMemberId] : name)}-{Guid.NewGuid()}";

        if (request.GroupInstanceId is { } instanceId)
        {
            if (group.Roster.IdOfInstance(instanceId) is { } oldId)
                Replace(group, group.Roster.Find(oldId)!, id, request, version, protocols, reply, decision);
            else
                Add(group, id, request, client, protocols, reply, decision);
        }
        else if (version < FirstWithMemberIdRequired)
        {
            Add(group, id, request, client, protocols, reply, decision);
        }
        else
        {
            var joinBy = decision.Now + TimeSpan.FromMilliseconds(request.SessionTimeoutMs);
            group.Roster.Pending.Add(id, joinBy);
            group.WakeBy(joinBy);
            decision.Answer(reply, Refused(ErrorCode.MemberIdRequired, id));
        }
    }

    private static void Add(
        Group group, string id, JoinGroupRequest request, GroupClient client, IReadOnlyList<MemberProtocol> protocols,
        Reply<JoinGroupResponse> reply, Decision decision)
    {
        var member = new Member(id, request.GroupInstanceId, client.Id, client.Host)
        {
            IsNew = true,
            Deadline = decision.Now + GroupSettings.NewMemberJoinTimeout,
        };
        group.WakeBy(member.Deadline);
        Park(group, member, request, protocols, reply, decision);

        if (group.Roster.Count == 0)
            group.ProtocolType = request.ProtocolType;
        group.Roster.Add(member);
        group.Rebalance.NoteNewMember();
        group.Rebalance.Request(RebalanceReason.MemberJoined, decision);
    }

    private static void Rejoin(
        Group group, Member member, JoinGroupRequest request, IReadOnlyList<MemberProtocol> protocols,
        Reply<JoinGroupResponse> reply, Decision decision)
    {
        // Same metadata: its first answer may have got lost. But a stable group's leader asks for a new assignment this way.
        var changesNothing = group.State != GroupState.PreparingRebalance
            && member.Offers(protocols)
            && !(group.State == GroupState.Stable && group.Roster.LeaderId == member.Id);
        if (changesNothing)
        {
            decision.Answer(reply, group.Joined(member));
            return;
        }

        Park(group, member, request, protocols, reply, decision);
        group.Rebalance.Request(RebalanceReason.MemberRejoined, decision);
    }

    /// <summary>A static member came back: it keeps its place under a new id, and whoever still uses the old one is fenced.</summary>
    private static void Replace(
        Group group, Member old, string id, JoinGroupRequest request, short version, IReadOnlyList<MemberProtocol> protocols,
        Reply<JoinGroupResponse> reply, Decision decision)
    {
        if (old.Joining is { } joining)
            decision.Answer(joining, Refused(ErrorCode.FencedInstanceId, old.Id));
        if (old.Syncing is { } syncing)
            decision.Refuse(syncing, ErrorCode.FencedInstanceId);

        var assignment = group.StoredAssignment(old.Id);
        var leaderBefore = group.Roster.LeaderId!;
        var member = group.Roster.Rename(old, id);
        Park(group, member, request, protocols, reply, decision);
        group.Renew(member, decision.Now);

        if (group.State == GroupState.CompletingRebalance)
        {
            // The leader may be assigning to the old id right now.
            group.Rebalance.Start(RebalanceReason.StaticMemberReplaced, decision);
        }
        else if (group.State == GroupState.Stable && group.Roster.Vote() == group.Protocol)
        {
            member.Joining = null;
            decision.Records.Add(new GenerationRecord(
                group.Id, group.Settled(m => m == member ? assignment : group.StoredAssignment(m.Id), decision.TimestampMs)));
            decision.Answer(reply, Returned(group, member, leaderBefore, version));
        }
        else
        {
            group.Rebalance.Request(RebalanceReason.StaticMemberReplaced, decision);
        }
    }

    /// <summary>
    /// A returning leader must not assign anew. Version 9 can say so; before it, the client is left to take the old id, which
    /// is nobody's any more, for the leader's.
    /// </summary>
    private static JoinGroupResponse Returned(Group group, Member member, string leaderBefore, short version)
    {
        if (version >= FirstWithSkipAssignment)
            return group.Joined(member, skipAssignment: group.Roster.LeaderId == member.Id);

        var response = group.Joined(member);
        response.Leader = leaderBefore;
        response.Members = [];
        return response;
    }

    private static void Park(
        Group group, Member member, JoinGroupRequest request, IReadOnlyList<MemberProtocol> protocols, Reply<JoinGroupResponse> reply, Decision decision)
    {
        // A second JoinGroup of the same member: only the latest is worth an answer with content.
        if (member.Joining is { } earlier)
            decision.Answer(earlier, Refused(ErrorCode.RebalanceInProgress, member.Id));

        group.Roster.Offer(member, protocols);
        member.SessionTimeoutMs = request.SessionTimeoutMs;
        member.RebalanceTimeoutMs = request.RebalanceTimeoutMs < 0 ? request.SessionTimeoutMs : request.RebalanceTimeoutMs;
        member.Joining = reply;
    }

    /// <summary>Whose place the request takes.</summary>
    private static Member? Known(Group group, JoinGroupRequest request) =>
        group.Roster.Find(request.GroupInstanceId is { } instanceId ? group.Roster.IdOfInstance(instanceId) ?? "" : request.MemberId);

    private static bool HasRoom(Group group, string memberId)
    {
        var member = group.Roster.Find(memberId);
        var hasPlace = group.State switch
        {
            GroupState.Empty => true,
            GroupState.PreparingRebalance => member?.Joining is not null || group.Roster.JoiningCount < group.Settings.MaxSize,
            _ => member is not null || group.Roster.Count < group.Settings.MaxSize,
        };
        return hasPlace && (memberId.Length > 0 || group.Roster.Pending.Count < GroupSettings.MaxPendingMembers);
    }

    private static bool Supports(Group group, string protocolType, IReadOnlyList<MemberProtocol> protocols) =>
        group.State == GroupState.Empty
            ? protocolType.Length > 0 && protocols.Count > 0
            : protocolType == group.ProtocolType && group.Roster.KnowsOneOf(protocols);
}
