using Broker.Records;

namespace Broker.Storage.Compaction;

/// <summary>
/// Follows the transactions of a log while compaction walks its batches in order: which batches belong to an aborted one, and which
/// markers have outlived all records of their transaction.
/// </summary>
/// <param name="aborted">Every aborted transaction with records in the walk, in any order.</param>
internal sealed class CompactedTransactions(IEnumerable<AbortedRange> aborted)
{
    private readonly Queue<AbortedRange> _aborted = new(aborted.OrderBy(static a => a.FirstOffset));
    private readonly Dictionary<long, OpenAbort> _openAborts = [];
    private readonly HashSet<long> _openCommits = [];

    /// <summary>True when the batch's transaction was aborted: its records may go.</summary>
    public bool SeeData(in RecordBatchHeader header)
    {
        BeginAbortsUpTo(header.LastOffset);
        if (!header.IsTransactional)
            return false;
        if (!_openAborts.TryGetValue(header.ProducerId, out var open))
        {
            _openCommits.Add(header.ProducerId);
            return false;
        }

        open.HasBatches = true;
        return true;
    }

    /// <summary>True when no batch of the transaction is left in the log.</summary>
    /// <param name="batch">One whole control batch.</param>
    /// <param name="header">Its header.</param>
    /// <param name="stillAborted">The aborted transaction, when batches of it are left.</param>
    public bool SeeMarker(ReadOnlySpan<byte> batch, in RecordBatchHeader header, out AbortedRange? stillAborted)
    {
        stillAborted = null;
        BeginAbortsUpTo(header.LastOffset);
        if (!EndTransactionMarker.TryRead(batch, out var marker))
            return true;
        if (marker.Commit)
            return !_openCommits.Remove(header.ProducerId);
        if (!_openAborts.Remove(header.ProducerId, out var open) || !open.HasBatches)
            return true;
        stillAborted = open.Range;
        return false;
    }

    private void BeginAbortsUpTo(long offset)
    {
        while (_aborted.TryPeek(out var next) && next.FirstOffset <= offset)
            _openAborts.TryAdd(_aborted.Dequeue().ProducerId, new OpenAbort(next));
    }

    private sealed class OpenAbort(AbortedRange range)
    {
        public AbortedRange Range => range;

        public bool HasBatches { get; set; }
    }
}
