namespace Broker.Groups;

/// <summary>
/// What the groups in one partition of the offsets topic share: the lock under which each of their events is decided, appended
/// and applied, so that all of them see the partition's records in the order of the log, and the transactions that are open in it.
/// </summary>
internal sealed class OffsetsPartition
{
    private readonly Dictionary<long, HashSet<Group>> _groupsByProducer = [];

    public Lock Gate { get; } = new();

    /// <summary>The producer's open transaction holds offsets of the group.</summary>
    public void NotePending(long producerId, Group group)
    {
        if (!_groupsByProducer.TryGetValue(producerId, out var groups))
            _groupsByProducer.Add(producerId, groups = []);
        groups.Add(group);
    }

    /// <summary>The producer's transaction is over.</summary>
    /// <returns>The groups it held offsets of.</returns>
    public IReadOnlyCollection<Group> EndTransaction(long producerId) =>
        _groupsByProducer.Remove(producerId, out var groups) ? groups : [];
}
