namespace Broker.Groups.Consumer;

/// <summary>
/// Takes one member a step towards its target. A partition is given up by its holder before anybody else gets it:
/// <code>
/// Stable                 in the target's epoch: nothing to do; else on to a step
/// UnrevokedPartitions    stays until the member no longer names what it was told to give up; then on to a step
/// UnreleasedPartitions   a step: what others have given up since is assigned
/// a step                 something to give up:         UnrevokedPartitions, in the member's epoch
///                        nothing, but others hold some: UnreleasedPartitions, in the target's epoch
///                        nothing                        Stable, in the target's epoch
/// </code>
/// </summary>
internal sealed class Reconciliation(ConsumerMember member, ValueSet<TopicIdPartition> target, int targetEpoch, IReadOnlySet<Guid> subscribed)
{
    private readonly CurrentAssignment _current = member.Current;

    /// <summary>What the member says it holds; null when it did not say, which is taken for everything it was given.</summary>
    public IReadOnlySet<TopicIdPartition>? Owned { get; init; }

    /// <summary>The member wants other topics than a moment ago: what it no longer wants is taken from it, before any new target.</summary>
    public bool HasSubscriptionChanged { get; init; }

    /// <param name="isHeldByOther">Whether another member holds a partition.</param>
    public CurrentAssignment Step(Func<TopicIdPartition, bool> isHeldByOther) => _current.State switch
    {
        MemberState.Stable when _current.Epoch == targetEpoch => HasSubscriptionChanged ? DropUnsubscribed() : _current,
        MemberState.UnrevokedPartitions when StillOwns(_current.PendingRevocation) => HasSubscriptionChanged ? DropUnsubscribed() : _current,
        _ => Next(isHeldByOther),
    };

    private CurrentAssignment Next(Func<TopicIdPartition, bool> isHeldByOther)
    {
        var wanted = target.Where(p => subscribed.Contains(p.TopicId)).ToHashSet();
        var kept = _current.Assigned.Where(held => wanted.Contains(held.Partition)).ToList();
        var given = _current.Assigned.Where(held => !wanted.Contains(held.Partition)).ToList();
        if (given.Count > 0 && StillOwns(given))
        {
            return _current with
            {
                State = MemberState.UnrevokedPartitions,
                Assigned = ValueSet<HeldPartition>.Of(kept),
                PendingRevocation = ValueSet<HeldPartition>.Of(given),
            };
        }

        wanted.ExceptWith(kept.Select(held => held.Partition));
        var isWaiting = wanted.RemoveWhere(p => isHeldByOther(p)) > 0;
        return _current.Reached(targetEpoch) with
        {
            State = isWaiting ? MemberState.UnreleasedPartitions : MemberState.Stable,
            Assigned = ValueSet<HeldPartition>.Of(kept.Concat(wanted.Select(p => new HeldPartition(p, targetEpoch)))),
            PendingRevocation = ValueSet<HeldPartition>.Empty,
        };
    }

    private CurrentAssignment DropUnsubscribed()
    {
        var dropped = _current.Assigned.Where(held => !subscribed.Contains(held.Partition.TopicId)).ToList();
        if (dropped.Count == 0)
            return _current;

        var kept = ValueSet<HeldPartition>.Of(_current.Assigned.Except(dropped));
        var pending = ValueSet<HeldPartition>.Of(_current.PendingRevocation.Concat(dropped));
        return StillOwns(pending)
            ? _current with { State = MemberState.UnrevokedPartitions, Assigned = kept, PendingRevocation = pending }
            : _current with { Assigned = kept };
    }

    private bool StillOwns(IEnumerable<HeldPartition> partitions) => Owned is null || partitions.Any(held => Owned.Contains(held.Partition));
}
