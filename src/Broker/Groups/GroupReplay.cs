using Broker.Groups.Consumer;
using Broker.Protocol;

namespace Broker.Groups;

/// <summary>
/// The only code that changes what is durable of a group, and the only way into the states Empty, Stable and Dead. It runs on
/// each record right after it was appended, and again on every record when the broker starts, so that a live group and a
/// reloaded one cannot differ.
/// </summary>
internal static class GroupReplay
{
    /// <param name="group">The record's group.</param>
    /// <param name="record">What was appended.</param>
    /// <param name="offset">Where it stands in the log.</param>
    /// <param name="producerId">Whose transaction it is part of; -1 for none.</param>
    public static void Apply(Group group, GroupRecord record, long offset, long producerId)
    {
        switch (record)
        {
            case OffsetRecord { Value: { } committed } r when producerId >= 0:
                group.PendingOffsets.Add(producerId, r.Partition, committed with { RecordOffset = offset });
                group.Partition.NotePending(producerId, group);
                break;

            case OffsetRecord { Value: { } committed } r:
                group.Offsets[r.Partition] = committed with { RecordOffset = offset };
                break;

            case OffsetRecord r:
                group.Offsets.Remove(r.Partition);
                group.PendingOffsets.Forget(r.Partition);
                break;

            case GenerationRecord { Value: { } generation }:
                Adopt(group, generation);
                break;

            case GenerationRecord:
                EndClassic(group);
                break;

            case GroupEpochRecord { Value: null }:
                group.Consumer = null;
                break;

            case ConsumerRecord r when group.Consumer is not null || ConsumerRecordFormat.HasValue(r):
                group.Consumer ??= new ConsumerGroup();
                group.Consumer.State = group.Consumer.State.Apply(r);
                break;
        }
    }

    /// <summary>Ends a producer's transaction: what it wrote counts, unless something was committed behind it, or is forgotten.</summary>
    /// <returns>The groups it wrote to.</returns>
    public static IReadOnlyCollection<Group> EndTransaction(OffsetsPartition partition, long producerId, bool commit)
    {
        var groups = partition.EndTransaction(producerId);
        foreach (var group in groups)
        {
            foreach (var (key, offset) in group.PendingOffsets.Take(producerId))
            {
                if (commit && (!group.Offsets.TryGetValue(key, out var committed) || committed.RecordOffset < offset.RecordOffset))
                    group.Offsets[key] = offset;
            }
        }

        return groups;
    }

    /// <summary>
    /// Back to what is stored, as a restart would: for a group whose decision could not be written. Requests that wait are refused;
    /// members that are not stored have to join anew.
    /// </summary>
    public static void Revert(Group group, Decision decision)
    {
        foreach (var member in group.Roster.Members)
        {
            if (member.Joining is { } joining)
                decision.Refuse(joining, ErrorCode.CoordinatorNotAvailable);
            if (member.Syncing is { } syncing)
                decision.Refuse(syncing, ErrorCode.CoordinatorNotAvailable);
        }

        group.Rebalance.Abandon();
        group.Roster.Load([], leaderId: null);
        Adopt(group, group.Stored ?? new StoredGeneration("", 0, null, null, decision.TimestampMs, []), isStored: group.Stored is not null);
        StartSessions(group, decision.Now);
    }

    /// <summary>After the last record of a start: everybody who was in the group has a full session to be heard of.</summary>
    public static void StartSessions(Group group, TimeSpan now)
    {
        foreach (var member in group.Roster.Members)
            group.Renew(member, now);
        group.Consumer?.StartSessions(group.Settings, now);
        if (group.Consumer is { } consumer)
            group.WakeBy(consumer.FirstDeadline);
    }

    /// <summary>The group's end, or the end of its classic life: its offsets are no matter of this record.</summary>
    private static void EndClassic(Group group)
    {
        group.Stored = null;
        group.Generation = 0;
        group.ProtocolType = null;
        group.Protocol = null;
        group.Rebalance.Abandon();
        group.Roster.Clear();
        group.UpdateSubscribedTopics();
        group.Enter(GroupState.Empty, group.StateTimestampMs);
    }

    private static void Adopt(Group group, StoredGeneration generation, bool isStored = true)
    {
        group.Stored = isStored ? generation : null;
        group.Generation = generation.Generation;
        group.ProtocolType = generation.ProtocolType.Length > 0 ? generation.ProtocolType : null;
        group.Protocol = generation.Protocol;

        // Live, the members are the ones that led to this record, with timers and waiting requests: they stay.
        var isLive = group.Roster.Count == generation.Members.Count && generation.Members.All(m => group.Roster.Find(m.Id) is not null);
        if (!isLive)
            group.Roster.Load(generation.Members.Select(m => Restored(m, generation.Protocol)), generation.Leader);

        group.UpdateSubscribedTopics();
        group.Enter(generation.Members.Count == 0 ? GroupState.Empty : GroupState.Stable, generation.StateTimestampMs);
    }

    /// <summary>Of the protocols a member offered, only the one in use was stored.</summary>
    private static Member Restored(StoredMember stored, string? protocol) =>
        new(stored.Id, stored.InstanceId, stored.ClientId, stored.ClientHost)
        {
            RebalanceTimeoutMs = stored.RebalanceTimeoutMs,
            SessionTimeoutMs = stored.SessionTimeoutMs,
            Protocols = protocol is null ? [] : [new MemberProtocol(protocol, stored.Subscription)],
        };
}
