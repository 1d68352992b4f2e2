using Broker.Groups;
using Broker.Protocol;
using Broker.Records;

namespace Broker.Transactions;

/// <summary>
/// InitProducerId with a transactional id: the epoch rises, which fences whoever had the id before. A producer that names its id
/// and epoch (KIP-360) goes on after an error, unless it was fenced itself. Nothing here writes; see <see cref="TransactionTable"/>.
/// </summary>
internal static class ProducerInit
{
    /// <param name="current">The state; epoch -1 when the id is new.</param>
    /// <param name="timeoutMs">How long a transaction may take from now on.</param>
    /// <param name="known">The id and epoch the producer had, if it had one.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="newProducerId">Makes one nobody had before.</param>
    /// <returns>A state that is ending when an open transaction has to be aborted first; the client asks again then.</returns>
    public static Transition Init(this TransactionState current, int timeoutMs, TransactionalProducer? known, long nowMs, Func<long> newProducerId)
    {
        if (known is { } given && !MayBe(current, given))
            return Transition.Refuse(ErrorCode.ProducerFenced);
        if (current.IsEnding)
            return Transition.Refuse(ErrorCode.ConcurrentTransactions);
        if (current.Status == TransactionStatus.Ongoing)
            return Transition.To(current.Fence(nowMs));

        var empty = current.Next(TransactionStatus.Empty, nowMs).WithoutPartitions() with
        {
            NextProducerId = RecordBatchHeader.NoProducerId,
            TimeoutMs = timeoutMs,
            StartTimestampMs = -1,
        };
        if (current.IsEpochExhausted && (known is null || known.Value.Epoch == current.ProducerEpoch))
        {
            return Transition.To(empty with
            {
                ProducerId = newProducerId(),
                ProducerEpoch = 0,
                LastProducerEpoch = known is null ? RecordBatchHeader.NoProducerEpoch : current.ProducerEpoch,
            });
        }

        var bumped = (short)(current.ProducerEpoch + 1);
        if (known is null)
            return Transition.To(empty with { ProducerEpoch = bumped, LastProducerEpoch = RecordBatchHeader.NoProducerEpoch });
        if (current.ProducerEpoch == RecordBatchHeader.NoProducerEpoch || known.Value.Epoch == current.ProducerEpoch)
            return Transition.To(empty with { ProducerEpoch = bumped, LastProducerEpoch = current.ProducerEpoch });

        // The answer to the same request was lost: the producer gets it again.
        return known.Value.Epoch == current.LastProducerEpoch ? Transition.To(empty) : Transition.Refuse(ErrorCode.ProducerFenced);
    }

    /// <summary>
    /// Aborts the open transaction of a producer that is gone, too slow or replaced, and raises the epoch. A producer that was only
    /// too slow may go on with <see cref="Init"/> as long as no other took its place.
    /// </summary>
    public static TransactionState Fence(this TransactionState current, long nowMs) => current.Next(TransactionStatus.PrepareAbort, nowMs) with
    {
        ProducerEpoch = (short)Math.Min(current.ProducerEpoch + 1, short.MaxValue),
        LastProducerEpoch = current.ProducerEpoch,
        NextProducerId = RecordBatchHeader.NoProducerId,
        ClientVersion = TransactionState.SecondDialect,
    };

    private static bool MayBe(TransactionState current, TransactionalProducer known) =>
        current.ProducerEpoch == RecordBatchHeader.NoProducerEpoch
        || known.Id == current.ProducerId
        || (known.Id == current.PreviousProducerId && known.Epoch >= TransactionState.LastUsableEpoch);
}
