namespace Broker.Groups;

/// <summary>
/// What the groups in one partition of the offsets topic share: the lock under which each of their events is decided, appended
/// and applied, so that all of them see the partition's records in the order of the log, and the transactions that are open in it.
/// </summary>
/// <param name="log">Where it is kept.</param>
/// <param name="budget">Shared by all groups of the broker.</param>
internal sealed class OffsetsPartition(IOffsetsLog log, JoinBudget budget)
{
    private readonly Dictionary<long, HashSet<Group>> _groupsByProducer = [];

    public Lock Gate { get; } = new();

    public JoinBudget Budget { get; } = budget;

    /// <inheritdoc cref="IOffsetsLog.MaxBatchBytes"/>
    public int MaxBatchBytes => log.MaxBatchBytes;

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
