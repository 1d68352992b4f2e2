using Broker.Groups.Consumer;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Groups;

/// <summary>
/// SyncGroup and Heartbeat: what a member does after it was told of a generation. The leader's SyncGroup brings the assignment
/// and settles the generation; the others wait for it.
/// </summary>
internal static class GroupSync
{
    public static void Sync(this Group group, SyncGroupRequest request, Reply<SyncGroupResponse> reply, Decision decision)
    {
        if (group.Consumer is { } consumer)
        {
            decision.Answer(reply, group.SyncAsClassic(consumer, request, decision));
            return;
        }

        if (CheckSync(group, request, out var member) is var error and not ErrorCode.None)
        {
            decision.Refuse(reply, error);
            return;
        }

        group.Rebalance.NoteSync(member!);
        if (group.State == GroupState.Stable)
        {
            decision.Answer(reply, Assigned(group, group.StoredAssignment(member!.Id)));
            return;
        }

        if (member!.Syncing is { } earlier)
            decision.Refuse(earlier, ErrorCode.RebalanceInProgress);
        member.Syncing = reply;
        if (group.Roster.LeaderId == member.Id)
            Settle(group, request, decision);
    }

    public static ErrorCode Heartbeat(this Group group, HeartbeatRequest request, Decision decision)
    {
        if (group.Consumer is { } consumer)
            return group.BeatAsClassic(consumer, request, decision);

        var error = group.Roster.Check(request.MemberId, request.GroupInstanceId, out var member);
        if (error != ErrorCode.None)
            return error;
        if (request.GenerationId != group.Generation)
            return ErrorCode.IllegalGeneration;

        group.Renew(member!, decision.Now);
        return group.State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    private static ErrorCode CheckSync(Group group, SyncGroupRequest request, out Member? member)
    {
        var error = group.Roster.Check(request.MemberId, request.GroupInstanceId, out member);
        if (error != ErrorCode.None)
            return error;
        if (request.GenerationId != group.Generation)
            return ErrorCode.IllegalGeneration;
        if ((request.ProtocolType is { } type && type != group.ProtocolType)
            || (request.ProtocolName is { } name && group.Protocol is not null && name != group.Protocol))
            return ErrorCode.InconsistentGroupProtocol;
        return group.State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    /// <summary>Whoever the leader left out is assigned nothing.</summary>
    private static void Settle(Group group, SyncGroupRequest request, Decision decision)
    {
        var assignments = new Dictionary<string, byte[]>();
        foreach (var assignment in request.Assignments)
            assignments[assignment.MemberId] = assignment.Assignment;

        var settled = new GenerationRecord(group.Id, group.Settled(m => assignments.GetValueOrDefault(m.Id, []), decision.TimestampMs));
        if (GroupBatch.Write([settled], decision.TimestampMs, null, group.Partition.MaxBatchBytes) is null)
        {
            group.Rebalance.FailSyncs(decision);
            return;
        }

        decision.Records.Add(settled);
        foreach (var member in group.Roster.Members)
        {
            if (member.Syncing is not { } syncing)
                continue;
            decision.Answer(syncing, Assigned(group, assignments.GetValueOrDefault(member.Id, [])));
            member.Syncing = null;
            group.Renew(member, decision.Now);
        }
    }

    private static SyncGroupResponse Assigned(Group group, byte[] assignment) => new()
    {
        ProtocolType = group.ProtocolType,
        ProtocolName = group.Protocol,
        Assignment = assignment,
    };
}
