namespace Broker.Groups;

/// <summary>Why a group had to rebalance; for the log.</summary>
internal enum RebalanceReason
{
    None,
    MemberJoined,
    MemberRejoined,
    MemberLeft,
    MemberFailed,
    MemberDidNotSync,
    StaticMemberReplaced,
    ProtocolChanged,
    AssignmentTooLarge,
}
