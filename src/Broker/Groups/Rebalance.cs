using Broker.Protocol;

namespace Broker.Groups;

/// <summary>
/// Takes a group from one generation to the next: members are called to join, those that do not in time are left behind, a
/// protocol and a leader are found, and everybody is told; then the leader's assignment is awaited. Owned by its group and
/// touched under the group's lock only.
/// </summary>
internal sealed class Rebalance(Group group)
{
    private TimeSpan? _joinBy;
    private TimeSpan? _syncBy;

    // An empty group waits a while for more members, again each time one came, but not beyond the rebalance timeout.
    private bool _fromEmpty;
    private bool _hasGrown;
    private TimeSpan _extension;

    public IEnumerable<TimeSpan> Deadlines => new[] { _joinBy, _syncBy }.OfType<TimeSpan>();

    /// <summary>A member joined anew, changed or left: start over, or go on if that was what everybody waited for.</summary>
    public void Request(RebalanceReason reason, Decision decision)
    {
        if (group.State == GroupState.PreparingRebalance)
            CompleteIfAllJoined(decision);
        else
            Start(reason, decision);
    }

    public void Start(RebalanceReason reason, Decision decision)
    {
        decision.Reason = reason;
        if (group.State == GroupState.CompletingRebalance)
            RefuseSyncs(decision, ErrorCode.RebalanceInProgress);
        EndSyncs();

        _fromEmpty = group.State == GroupState.Empty;
        group.Enter(GroupState.PreparingRebalance, decision.TimestampMs);

        if (_fromEmpty && group.Settings.InitialRebalanceDelay > TimeSpan.Zero)
        {
            _hasGrown = false;
            _extension = group.Roster.RebalanceTimeout - group.Settings.InitialRebalanceDelay;
            JoinWithin(decision, group.Settings.InitialRebalanceDelay);
        }
        else if (_fromEmpty || group.Roster.HaveAllJoined)
        {
            Complete(decision);
        }
        else
        {
            JoinWithin(decision, group.Roster.RebalanceTimeout);
        }
    }

    /// <summary>One more member came to a group that still waits for its first ones.</summary>
    public void NoteNewMember() => _hasGrown |= group.State == GroupState.PreparingRebalance && _fromEmpty;

    /// <summary>The first rebalance of an empty group ends by its delay, not by everybody known being there.</summary>
    public void CompleteIfAllJoined(Decision decision)
    {
        if (group.State == GroupState.PreparingRebalance && !_fromEmpty && group.Roster.HaveAllJoined)
            Complete(decision);
    }

    /// <summary>Forgets a rebalance under way, when the group goes back to what is stored.</summary>
    public void Abandon()
    {
        _joinBy = null;
        EndSyncs();
    }

    public void NoteSync(Member member)
    {
        member.OwesSync = false;
        if (!group.Roster.Members.Any(m => m.OwesSync))
            _syncBy = null;
    }

    public void Expire(Decision decision)
    {
        ExpireSessions(decision);

        if (_joinBy <= decision.Now)
        {
            if (_fromEmpty && _hasGrown && _extension > TimeSpan.Zero)
                Extend(decision);
            else
                Complete(decision);
        }

        if (_syncBy <= decision.Now)
            ExpireSyncs(decision);
    }

    /// <summary>The generation cannot be stored, so long is its assignment: those who wait for it are told so, and everybody is to join anew, as in Kafka.</summary>
    public void FailSyncs(Decision decision)
    {
        RefuseSyncs(decision, ErrorCode.UnknownServerError);
        Start(RebalanceReason.AssignmentTooLarge, decision);
    }

    /// <summary>A member is gone; its waiting requests are told to start over as a new one.</summary>
    public void Remove(Member member, Decision decision)
    {
        if (member.Joining is { } joining)
            decision.Refuse(joining, ErrorCode.UnknownMemberId);
        if (member.Syncing is { } syncing)
            decision.Refuse(syncing, ErrorCode.UnknownMemberId);
        group.Roster.Remove(member);
    }

    private void JoinWithin(Decision decision, TimeSpan time)
    {
        _joinBy = decision.Now + time;
        group.WakeBy(_joinBy.Value);
    }

    private void Extend(Decision decision)
    {
        _hasGrown = false;
        var delay = group.Settings.InitialRebalanceDelay < _extension ? group.Settings.InitialRebalanceDelay : _extension;
        _extension -= group.Settings.InitialRebalanceDelay;
        JoinWithin(decision, delay);
    }

    private void Complete(Decision decision)
    {
        _joinBy = null;
        foreach (var absent in group.Roster.Members.Where(m => m.Joining is null && m.InstanceId is null).ToList())
            group.Roster.Remove(absent);

        // Static members keep their place until their session ends; without any member to lead there is nothing to go on with.
        if (group.Roster.Count > 0 && !group.Roster.ElectJoinedLeader())
        {
            JoinWithin(decision, group.Roster.RebalanceTimeout);
            return;
        }

        group.Generation++;
        if (group.Roster.Count == 0)
        {
            group.Protocol = null;
            decision.Records.Add(new GenerationRecord(group.Id, group.Settled(_ => [], decision.TimestampMs)));
            return;
        }

        group.Protocol = group.Roster.Vote();
        group.UpdateSubscribedTopics();
        group.Enter(GroupState.CompletingRebalance, decision.TimestampMs);
        foreach (var member in group.Roster.Members)
        {
            if (member.Joining is { } joining)
            {
                decision.Answer(joining, group.Joined(member));
                member.Joining = null;
            }

            member.IsNew = false;
            member.OwesSync = true;
            group.Renew(member, decision.Now);
        }

        _syncBy = decision.Now + group.Roster.RebalanceTimeout;
        group.WakeBy(_syncBy.Value);
    }

    private void ExpireSessions(Decision decision)
    {
        var anyPending = false;
        foreach (var (id, _) in group.Roster.Pending.Where(p => p.Value <= decision.Now).ToList())
            anyPending |= group.Roster.Pending.Remove(id);

        var anyMember = false;
        foreach (var member in group.Roster.Members.Where(m => m.Deadline <= decision.Now).ToList())
        {
            if (member.IsExcusedFromHeartbeats)
            {
                group.Renew(member, decision.Now);
                continue;
            }

            Remove(member, decision);
            anyMember = true;
        }

        if (group.State == GroupState.PreparingRebalance && (anyMember || anyPending) && group.Roster.HaveAllJoined)
            Complete(decision);
        else if (anyMember && group.State is GroupState.Stable or GroupState.CompletingRebalance)
            Start(RebalanceReason.MemberFailed, decision);
    }

    private void ExpireSyncs(Decision decision)
    {
        _syncBy = null;
        var late = group.Roster.Members.Where(m => m.OwesSync).ToList();
        late.ForEach(group.Roster.Remove);
        if (late.Count > 0)
            Start(RebalanceReason.MemberDidNotSync, decision);
    }

    private void EndSyncs()
    {
        _syncBy = null;
        foreach (var member in group.Roster.Members)
            member.OwesSync = false;
    }

    private void RefuseSyncs(Decision decision, ErrorCode error)
    {
        foreach (var member in group.Roster.Members)
        {
            if (member.Syncing is not { } syncing)
                continue;
            decision.Refuse(syncing, error);
            member.Syncing = null;
            group.Renew(member, decision.Now);
        }
    }
}
