using Broker.Protocol;

namespace Broker.Groups;

/// <summary>
/// How much members may say of themselves. A generation is one record of the offsets topic: Kafka takes every JoinGroup and fails the SyncGroup of a
/// group whose record is longer than a batch may be there; here nobody gets in with whom no record could fit.
/// </summary>
internal static class JoinLimits
{
    /// <summary>The version, the type and the state of a generation, and what stands beside each member's metadata but for the names.</summary>
    private const int BytesPerMember = 64;

    /// <param name="group">The group.</param>
    /// <param name="joining">The member that joins again; null for a new one.</param>
    /// <param name="protocols">What it says now.</param>
    /// <returns>GROUP_MAX_SIZE_REACHED when the group would outgrow its record; COORDINATOR_NOT_AVAILABLE when all groups together hold too much now.</returns>
    public static ErrorCode Check(Group group, Member? joining, IReadOnlyList<MemberProtocol> protocols)
    {
        var said = Member.SizeOf(protocols);
        var more = said - (joining?.MetadataBytes ?? 0);
        if (group.Roster.MetadataBytes + more > group.Partition.MaxBatchBytes && !Fits(group, joining, protocols))
            return ErrorCode.GroupMaxSizeReached;
        return group.Partition.Budget.HasRoomFor(more) ? ErrorCode.None : ErrorCode.CoordinatorNotAvailable;
    }

    /// <summary>Whether the generation could be stored by one of the protocols that everybody knows.</summary>
    private static bool Fits(Group group, Member? joining, IReadOnlyList<MemberProtocol> protocols)
    {
        var others = group.Roster.Members.Where(m => m != joining).ToList();
        return protocols.Any(p => others.All(m => m.Offers(p.Name))
            && p.Metadata.Length + others.Sum(m => (long)m.Metadata(p.Name).Length) + ((others.Count + 1L) * BytesPerMember) <= group.Partition.MaxBatchBytes);
    }
}
