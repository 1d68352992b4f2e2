using Broker.Groups.Consumer;
using Broker.Protocol;
using static Broker.Protocol.Messages.LeaveGroupRequest;
using static Broker.Protocol.Messages.LeaveGroupResponse;

namespace Broker.Groups;

/// <summary>LeaveGroup: members that go of their own accord, or static ones that an administrator sends away by their instance.</summary>
internal static class GroupLeave
{
    public static IReadOnlyList<MemberResponse> Leave(this Group group, IReadOnlyList<MemberIdentity> leavers, Decision decision)
    {
        if (group.Consumer is { } consumer)
            return group.LeaveAsClassic(consumer, leavers, decision);

        var membersBefore = group.Roster.Count;
        var responses = leavers.Select(leaver => new MemberResponse
        {
            MemberId = leaver.MemberId,
            GroupInstanceId = leaver.GroupInstanceId,
            ErrorCode = LeaveOne(group, leaver, decision),
        }).ToList();

        if (group.Roster.Count < membersBefore)
            group.Rebalance.Request(RebalanceReason.MemberLeft, decision);
        else
            group.Rebalance.CompleteIfAllJoined(decision);
        return responses;
    }

    private static ErrorCode LeaveOne(Group group, MemberIdentity leaver, Decision decision)
    {
        if (leaver.MemberId.Length > 0 && group.Roster.Pending.Remove(leaver.MemberId))
            return ErrorCode.None;

        var id = leaver.MemberId.Length == 0 && leaver.GroupInstanceId is not null
            ? group.Roster.IdOfInstance(leaver.GroupInstanceId) ?? ""
            : leaver.MemberId;
        var error = group.Roster.Check(id, leaver.GroupInstanceId, out var member);
        if (error == ErrorCode.None)
            group.Rebalance.Remove(member!, decision);
        return error;
    }
}
