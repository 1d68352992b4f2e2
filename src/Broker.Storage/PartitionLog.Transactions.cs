using Broker.Records;

namespace Broker.Storage;

/// <content>What the log knows about transactions.</content>
public sealed partial class PartitionLog
{
    /// <summary>Where the earliest open transaction began, else the log end: how far a read_committed consumer may read.</summary>
    public long LastStableOffset => _log.Offsets.LastStable;

    /// <summary>
    /// Appends the marker that ends the producer's transaction here, if it has one open. It takes one offset, and fences older epochs of the producer.
    /// As any append it is on disk after the next flush.
    /// </summary>
    /// <param name="producerId">Whose transaction.</param>
    /// <param name="producerEpoch">Of the transaction, or the one after it (KIP-890).</param>
    /// <param name="commit">False aborts.</param>
    /// <param name="coordinatorEpoch">Of the transaction coordinator; one below that of the producer's last marker is refused.</param>
    /// <param name="leaderEpoch">Written into the batch.</param>
    /// <exception cref="LogReadOnlyException">Nothing was appended, and nothing will be.</exception>
    /// <exception cref="DiskFullException">Nothing was appended; a later append may succeed.</exception>
    public AppendResult AppendMarker(long producerId, short producerEpoch, bool commit, int coordinatorEpoch, int leaderEpoch) =>
        Append(RecordBatchBuilder.EndTransactionMarker(_log.NowMs, producerId, producerEpoch, commit, coordinatorEpoch), leaderEpoch);

    /// <summary>The aborted transactions with records in a range, by the offset of their markers; a read_committed consumer needs them with the range.</summary>
    /// <param name="from">First offset of the range.</param>
    /// <param name="toExclusive">Offset after the range.</param>
    public IReadOnlyList<AbortedTransaction> AbortedTransactions(long from, long toExclusive)
    {
        while (true)
        {
            _log.ThrowIfClosed();
            if (!_log.Segments.TryFindAborted(from, toExclusive, out var found))
                continue;
            if (found is null)
                return [];
            return found.ConvertAll(static range => new AbortedTransaction(range.ProducerId, range.FirstOffset));
        }
    }

    /// <summary>Whether the producer has a transaction open here in this epoch.</summary>
    public bool HasOpenTransaction(long producerId, short producerEpoch)
    {
        lock (_log.Lock)
            return Producers.Find(producerId) is { IsInTransaction: true } producer && producer.Epoch == producerEpoch;
    }

    /// <summary>Every producer that is remembered here, by id. Copied under the append lock: for operators, not for the data path.</summary>
    public IReadOnlyList<ActiveProducer> ActiveProducers()
    {
        lock (_log.Lock)
        {
            return
            [
                .. Producers.InIdOrder.Select(static p => new ActiveProducer(
                    p.Key, p.Value.Epoch, p.Value.LastSequence, p.Value.LastTimestamp, p.Value.CoordinatorEpoch, p.Value.TransactionStart)),
            ];
        }
    }
}
