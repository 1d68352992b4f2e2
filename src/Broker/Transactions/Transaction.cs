using Broker.Groups;

namespace Broker.Transactions;

/// <summary>A transactional id and the state it is in. Everything but the names is used under the lock.</summary>
internal sealed class Transaction(string id, int logPartition, TransactionState state)
{
    public string Id { get; } = id;

    /// <summary>The partition of the state log that keeps it.</summary>
    public int LogPartition { get; } = logPartition;

    public Lock Gate { get; } = new();

    public TransactionState State { get; set; } = state;

    /// <summary>Where the state log ended behind <see cref="State"/>; up to here it must be on disk before a client is told.</summary>
    public long DurableOffset { get; set; }

    /// <summary>The id went out of the table; another transaction may have its name.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Somebody is writing the markers.</summary>
    public bool IsCompleting { get; set; }

    /// <summary>Partitions whose marker could not be written yet; null when none was tried.</summary>
    public IReadOnlyCollection<TopicPartition>? Unmarked { get; set; }
}
