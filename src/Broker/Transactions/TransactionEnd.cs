using Broker.Groups;
using Broker.Protocol;
using Broker.Records;

namespace Broker.Transactions;

/// <summary>
/// EndTxn: what commit and abort mean in each state, in both dialects. A request that comes again because its answer was lost is
/// recognized in the first dialect by the state it led to, in the second by the epoch it led to.
/// </summary>
internal static class TransactionEnd
{
    /// <returns>A state that is ending; no state and no error when the transaction ended like this before.</returns>
    public static Transition End(
        this TransactionState current, TransactionalProducer producer, bool commit, short clientVersion, long nowMs, Func<long> newProducerId) =>
        clientVersion == TransactionState.SecondDialect
            ? EndAndBump(current, producer, commit, nowMs, newProducerId)
            : EndInEpoch(current, producer, commit, nowMs);

    /// <summary>All markers are on disk.</summary>
    public static TransactionState Complete(this TransactionState ending, long nowMs)
    {
        var status = ending.Status == TransactionStatus.PrepareCommit ? TransactionStatus.CompleteCommit : TransactionStatus.CompleteAbort;
        var complete = ending.Next(status, nowMs).WithoutPartitions();
        return ending.NextProducerId == RecordBatchHeader.NoProducerId
            ? complete
            : complete with { ProducerId = ending.NextProducerId, ProducerEpoch = 0, NextProducerId = RecordBatchHeader.NoProducerId };
    }

    private static Transition EndInEpoch(TransactionState current, TransactionalProducer producer, bool commit, long nowMs)
    {
        if (producer.Id != current.ProducerId)
            return Transition.Refuse(ErrorCode.InvalidProducerIdMapping);
        if (producer.Epoch != current.ProducerEpoch)
            return Transition.Refuse(ErrorCode.ProducerFenced);

        return current.Status switch
        {
            TransactionStatus.Ongoing => Transition.To(current.Next(Prepared(commit), nowMs) with { ClientVersion = TransactionState.FirstDialect }),
            TransactionStatus.PrepareCommit or TransactionStatus.PrepareAbort => StillEnding(current, commit),
            TransactionStatus.CompleteCommit when commit => Transition.None,
            TransactionStatus.CompleteAbort when !commit => Transition.None,
            _ => Transition.Refuse(ErrorCode.InvalidTxnState),
        };
    }

    private static Transition EndAndBump(TransactionState current, TransactionalProducer producer, bool commit, long nowMs, Func<long> newProducerId)
    {
        var isRetryOfLastEpoch =
            producer.Id == current.PreviousProducerId && producer.Epoch == TransactionState.LastUsableEpoch && current.ProducerEpoch == 0;
        var isRetry = isRetryOfLastEpoch || current.ProducerEpoch == producer.Epoch + 1;
        if (producer.Id != current.ProducerId && !isRetryOfLastEpoch)
            return Transition.Refuse(ErrorCode.InvalidProducerIdMapping);

        var isCurrent = producer.Epoch == current.ProducerEpoch;
        switch (current.Status)
        {
            case TransactionStatus.Ongoing:
                return isCurrent ? Bump(current, commit, nowMs, newProducerId) : Transition.Refuse(ErrorCode.ProducerFenced);
            case TransactionStatus.PrepareCommit or TransactionStatus.PrepareAbort:
                return isRetry ? StillEnding(current, commit) : Transition.Refuse(ErrorCode.ProducerFenced);
            case TransactionStatus.Empty when !isCurrent:
            case TransactionStatus.CompleteCommit or TransactionStatus.CompleteAbort when !isCurrent && !isRetry:
                return Transition.Refuse(ErrorCode.ProducerFenced);
            case TransactionStatus.CompleteCommit or TransactionStatus.CompleteAbort when isRetry:
                return current.Status == Completed(commit) ? Transition.None : Transition.Refuse(ErrorCode.InvalidTxnState);
            default:
                // Nothing was begun. To abort that is allowed: the producer does not know which of its requests arrived.
                return commit
                    ? Transition.Refuse(ErrorCode.InvalidTxnState)
                    : Bump(current with { StartTimestampMs = nowMs }, commit, nowMs, newProducerId);
        }
    }

    private static Transition Bump(TransactionState current, bool commit, long nowMs, Func<long> newProducerId) =>
        Transition.To(current.Next(Prepared(commit), nowMs) with
        {
            ProducerEpoch = (short)Math.Min(current.ProducerEpoch + 1, short.MaxValue),
            LastProducerEpoch = current.ProducerEpoch,
            NextProducerId = current.IsEpochExhausted ? newProducerId() : RecordBatchHeader.NoProducerId,
            ClientVersion = TransactionState.SecondDialect,
        });

    private static Transition StillEnding(TransactionState current, bool commit) =>
        Transition.Refuse(current.Status == Prepared(commit) ? ErrorCode.ConcurrentTransactions : ErrorCode.InvalidTxnState);

    private static TransactionStatus Prepared(bool commit) => commit ? TransactionStatus.PrepareCommit : TransactionStatus.PrepareAbort;

    private static TransactionStatus Completed(bool commit) => commit ? TransactionStatus.CompleteCommit : TransactionStatus.CompleteAbort;
}
