using Broker.Records;

namespace Broker.Storage;

/// <param name="Batch">For a duplicate: the batch as it was stored the first time.</param>
internal readonly record struct ProducerDecision(AppendOutcome Outcome, SequencedBatch Batch);

/// <summary>
/// What the log remembers of each idempotent producer: its epoch and its last five batches. State follows from the
/// log's batches alone, through <see cref="Update"/>, so that a replay gives what the live log had. Guarded by the log's lock.
/// </summary>
internal sealed class ProducerStates
{
    private readonly Dictionary<long, ProducerState> _producers = [];

    public int Count => _producers.Count;

    public IEnumerable<KeyValuePair<long, ProducerState>> InIdOrder => _producers.OrderBy(static p => p.Key);

    /// <summary>What appending this batch would be; changes nothing.</summary>
    public ProducerDecision Decide(in RecordBatchHeader header)
    {
        if (!header.HasProducerId || !_producers.TryGetValue(header.ProducerId, out var producer))
            return default;
        if (header.ProducerEpoch < producer.Epoch)
            return new ProducerDecision(AppendOutcome.InvalidProducerEpoch, default);
        if (header.IsControl)
            return default;
        if (header.ProducerEpoch > producer.Epoch)
            return header.BaseSequence == 0 ? default : new ProducerDecision(AppendOutcome.OutOfOrderSequence, default);
        if (producer.TryFind(header.BaseSequence, header.LastSequence, out var batch))
            return new ProducerDecision(AppendOutcome.Duplicate, batch);
        return header.BaseSequence == producer.NextSequence ? default : new ProducerDecision(AppendOutcome.OutOfOrderSequence, default);
    }

    /// <summary>Takes note of a batch that is in the log, at the offsets of its header.</summary>
    public void Update(in RecordBatchHeader header)
    {
        if (!header.HasProducerId)
            return;
        if (!_producers.TryGetValue(header.ProducerId, out var producer))
            _producers.Add(header.ProducerId, producer = new ProducerState(header.ProducerEpoch));
        if (header.ProducerEpoch != producer.Epoch)
            producer.BeginEpoch(header.ProducerEpoch);
        producer.LastTimestamp = Math.Max(producer.LastTimestamp, header.MaxTimestamp);
        if (!header.IsControl)
            producer.Add(new SequencedBatch(header.BaseSequence, header.LastSequence, header.BaseOffset, header.LastOffset, header.MaxTimestamp));
    }

    /// <summary>Forgets producers whose newest batch is older than that. Their next batch is taken at any sequence.</summary>
    public void RemoveExpired(long nowMs, long expirationMs)
    {
        foreach (var (id, producer) in _producers)
        {
            if (nowMs - producer.LastTimestamp > expirationMs)
                _producers.Remove(id);
        }
    }

    public void Restore(long producerId, ProducerState producer) => _producers[producerId] = producer;
}
