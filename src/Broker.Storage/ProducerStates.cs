using Broker.Records;

namespace Broker.Storage;

/// <param name="Batch">For a duplicate: the batch as it was stored the first time.</param>
internal readonly record struct ProducerDecision(AppendOutcome Outcome, SequencedBatch Batch);

/// <summary>
/// What the log remembers of each producer: its epoch, its last five batches, its open transaction. State follows from the
/// log's batches alone, through <see cref="Update"/>, so that a replay gives what the live log had; only when a batch came is not in
/// them. Guarded by the log's lock.
/// </summary>
internal sealed class ProducerStates
{
    /// <summary>The first unstable offset of a log without open transactions.</summary>
    public const long NoneUnstable = long.MaxValue;

    private readonly Dictionary<long, ProducerState> _producers = [];
    private readonly SortedSet<long> _transactionStarts = [];

    public int Count => _producers.Count;

    public IEnumerable<KeyValuePair<long, ProducerState>> InIdOrder => _producers.OrderBy(static p => p.Key);

    /// <summary>Where the earliest open transaction began, else <see cref="NoneUnstable"/>.</summary>
    public long FirstUnstableOffset => _transactionStarts.Count == 0 ? NoneUnstable : _transactionStarts.Min;

    public ProducerState? Find(long producerId) => _producers.GetValueOrDefault(producerId);

    /// <summary>What appending this batch would be; changes nothing.</summary>
    /// <param name="header">Of the batch.</param>
    /// <param name="marker">What a control batch says, else null.</param>
    /// <param name="mustStartAtZero">A producer without a batch here may not begin in the middle (KIP-890).</param>
    public ProducerDecision Decide(in RecordBatchHeader header, in EndTransactionMarker? marker, bool mustStartAtZero)
    {
        if (!header.HasProducerId)
            return default;
        if (!_producers.TryGetValue(header.ProducerId, out var producer))
            return mustStartAtZero && header.BaseSequence > 0 ? Refused(AppendOutcome.OutOfOrderSequence) : default;
        if (header.ProducerEpoch < producer.Epoch)
            return Refused(AppendOutcome.InvalidProducerEpoch);
        if (marker is { } end)
            return end.CoordinatorEpoch < producer.CoordinatorEpoch ? Refused(AppendOutcome.TransactionCoordinatorFenced) : default;

        if (IsOutOfSequence(header, producer, mustStartAtZero, out var duplicate))
            return duplicate ?? Refused(AppendOutcome.OutOfOrderSequence);
        return producer.IsInTransaction && !header.IsTransactional ? Refused(AppendOutcome.InvalidTxnState) : default;
    }

    /// <summary>Takes note of a batch that is in the log, at the offsets of its header.</summary>
    /// <param name="header">Of the batch.</param>
    /// <param name="batch">All of it where it is a control batch; others are not looked at.</param>
    /// <param name="nowMs">When it came; at a replay, when the log was opened.</param>
    /// <returns>The transaction that the batch aborts, if it does.</returns>
    public AbortedRange? Update(in RecordBatchHeader header, ReadOnlySpan<byte> batch, long nowMs)
    {
        if (!header.HasProducerId)
            return null;
        if (!_producers.TryGetValue(header.ProducerId, out var producer))
            _producers.Add(header.ProducerId, producer = new ProducerState(header.ProducerEpoch));
        if (header.ProducerEpoch != producer.Epoch)
            producer.BeginEpoch(header.ProducerEpoch);
        producer.LastTimestamp = Math.Max(producer.LastTimestamp, header.MaxTimestamp);
        producer.SeenMs = nowMs;
        if (header.IsControl)
        {
            // One that compaction has emptied ended nothing that is still there: it says no more than the producer's epoch.
            return EndTransactionMarker.TryRead(batch, out var marker) ? End(producer, marker, header) : null;
        }

        producer.Add(new SequencedBatch(header.BaseSequence, header.LastSequence, header.BaseOffset, header.LastOffset, header.MaxTimestamp));
        if (header.IsTransactional && !producer.IsInTransaction)
        {
            producer.TransactionStart = header.BaseOffset;
            _transactionStarts.Add(header.BaseOffset);
        }

        return null;
    }

    /// <summary>Forgets producers that were silent for that long, but none with an open transaction. Their next batch is taken at any sequence.</summary>
    public void RemoveExpired(long nowMs, long expirationMs)
    {
        foreach (var (id, producer) in _producers)
        {
            // A clock that was set back would keep them for as long as it was wrong.
            producer.SeenMs = Math.Min(producer.SeenMs, nowMs);
            if (!producer.IsInTransaction && nowMs - Math.Max(producer.LastTimestamp, producer.SeenMs) >= expirationMs)
                _producers.Remove(id);
        }
    }

    public void Restore(long producerId, ProducerState producer)
    {
        _producers[producerId] = producer;
        if (producer.IsInTransaction)
            _transactionStarts.Add(producer.TransactionStart);
    }

    private static ProducerDecision Refused(AppendOutcome outcome) => new(outcome, default);

    private static bool IsOutOfSequence(in RecordBatchHeader header, ProducerState producer, bool mustStartAtZero, out ProducerDecision? duplicate)
    {
        duplicate = null;
        if (header.BaseSequence < 0)
            return false;
        if (mustStartAtZero && producer.Count == 0 && header.BaseSequence != 0)
            return true;
        if (header.ProducerEpoch > producer.Epoch)
            return header.BaseSequence != 0;
        if (producer.TryFind(header.BaseSequence, header.LastSequence, out var batch))
            duplicate = new ProducerDecision(AppendOutcome.Duplicate, batch);
        return duplicate is not null || header.BaseSequence != producer.NextSequence;
    }

    private AbortedRange? End(ProducerState producer, in EndTransactionMarker marker, in RecordBatchHeader header)
    {
        producer.CoordinatorEpoch = marker.CoordinatorEpoch;
        if (!producer.IsInTransaction)
            return null;
        var start = producer.TransactionStart;
        producer.TransactionStart = ProducerState.NoTransaction;
        _transactionStarts.Remove(start);
        return marker.Commit
            ? null
            : new AbortedRange(header.ProducerId, start, header.LastOffset, Math.Min(FirstUnstableOffset, header.NextOffset));
    }
}
