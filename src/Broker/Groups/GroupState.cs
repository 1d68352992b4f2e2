namespace Broker.Groups;

/// <summary>
/// Where a group of the classic protocol stands. "Parked" requests are answered by a later event.
/// <code>
/// state                JoinGroup        SyncGroup             Heartbeat            OffsetCommit         leaves for
/// -------------------  ---------------  --------------------  -------------------  -------------------  ----------------------------------
/// Empty                parked; starts   UNKNOWN_MEMBER_ID     UNKNOWN_MEMBER_ID    from outside only    PreparingRebalance: a member joins
///                      a rebalance                                                                      Dead: deleted, or nothing left in it
/// PreparingRebalance   parked           REBALANCE_IN_PROGRESS REBALANCE_IN_PROGRESS taken               CompletingRebalance: all have joined,
///                                                                                                       or the rebalance timeout has passed
///                                                                                                       Empty: nobody is left
/// CompletingRebalance  same metadata:   parked; the leader's  taken                REBALANCE_IN_PROGRESS Stable: the leader's assignment is stored
///                      current answer;  decides                                                         PreparingRebalance: a member joins
///                      else rebalance                                                                   anew, leaves or fails
/// Stable               follower, same   the assignment        taken                taken                PreparingRebalance: a member joins,
///                      metadata: current                                                                leaves or fails, the leader rejoins
///                      answer; else
///                      rebalance
/// Dead                 the group is out of the coordinator's map; whoever still holds it looks it up again
/// </code>
/// Only Empty and Stable are ever stored: a restart in between goes back to the generation before.
/// </summary>
internal enum GroupState
{
    Empty,
    PreparingRebalance,
    CompletingRebalance,
    Stable,
    Dead,
}
