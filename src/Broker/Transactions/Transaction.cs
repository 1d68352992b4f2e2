using Broker.Groups;

namespace Broker.Transactions;

/// <summary>A transactional id and the state it is in. All but the names and <see cref="CurrentState"/> is used under the lock.</summary>
internal sealed class Transaction(string id, int logPartition, TransactionState state)
{
    public string Id { get; } = id;

    /// <summary>The partition of the state log that keeps it.</summary>
    public int LogPartition { get; } = logPartition;

    public Lock Gate { get; } = new();

    public TransactionState State { get; set; } = state;

    /// <summary>For who does not have the lock.</summary>
    public TransactionState CurrentState
    {
        get
        {
            lock (Gate)
                return State;
        }
    }

    /// <summary>Where the state log ended behind <see cref="State"/>; up to here it must be on disk before a client is told.</summary>
    public long DurableOffset { get; set; }

    /// <summary>The id went out of the table; another transaction may have its name.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Somebody is writing the markers; completes when that is over, well or not.</summary>
    public Task? Completing { get; set; }

    /// <summary>Partitions whose marker could not be written yet; null when none was tried.</summary>
    public IReadOnlyCollection<TopicPartition>? Unmarked { get; set; }
}
