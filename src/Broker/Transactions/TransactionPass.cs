using Broker.Groups;
using Broker.Protocol;

namespace Broker.Transactions;

/// <summary>
/// The right to write in a transaction: while it is held the transaction stands still, so that nothing can be written behind its
/// marker. To be held for appends only, never over a wait.
/// </summary>
internal ref struct TransactionPass
{
    private readonly TransactionTable? _table;
    private readonly Transaction? _transaction;
    private readonly ErrorCode _refused;
    private Lock.Scope _scope;

    private TransactionPass(TransactionTable? table, Transaction? transaction, ErrorCode refused)
    {
        (_table, _transaction, _refused) = (table, transaction, refused);
        if (transaction is not null)
            _scope = transaction.Gate.EnterScope();
    }

    /// <summary>Whether the producer may write to the partition: the transaction is its own, open, and includes it.</summary>
    /// <param name="producer">From the batch, not from the request.</param>
    /// <param name="partition">Where it writes to.</param>
    /// <returns>TRANSACTION_ABORTABLE where the partition was not added.</returns>
    public readonly ErrorCode Check(TransactionalProducer producer, TopicPartition partition)
    {
        if (_transaction is not { State: var state })
            return _refused;
        if (state.Check(producer) is var error and not ErrorCode.None)
            return error;
        return state.Status == TransactionStatus.Ongoing && state.Partitions.Contains(partition) ? ErrorCode.None : ErrorCode.TransactionAbortable;
    }

    /// <summary>Whether the open transaction has the partition already.</summary>
    public readonly bool Includes(TopicPartition partition) =>
        _transaction is { State: { Status: TransactionStatus.Ongoing } state } && state.Partitions.Contains(partition);

    /// <summary>Makes partitions part of the transaction, which begins with the first.</summary>
    public readonly ErrorCode Add(TransactionalProducer producer, IReadOnlyCollection<TopicPartition> partitions, short clientVersion)
    {
        if (_transaction is not { State: var state })
            return _refused;
        if (state.Check(producer) == ErrorCode.None && _table!.Suspects.AreAmong(partitions, state))
            return ErrorCode.ConcurrentTransactions;
        return _table!.ApplyUnderLock(_transaction, state.Add(producer, partitions, clientVersion, _table.NowMs));
    }

    /// <summary>Completes when what the pass allowed is on disk: no answer before.</summary>
    public readonly Task FlushAsync() => _transaction is null ? Task.CompletedTask : _table!.FlushAsync(_transaction, _transaction.DurableOffset);

    public void Dispose() => _scope.Dispose();

    public static TransactionPass Enter(TransactionTable table, string transactionalId)
    {
        while (true)
        {
            if (!table.IsOnline(transactionalId))
                return new TransactionPass(null, null, ErrorCode.CoordinatorNotAvailable);
            if (!table.TryFind(transactionalId, out var transaction))
                return new TransactionPass(null, null, ErrorCode.InvalidProducerIdMapping);

            var pass = new TransactionPass(table, transaction, ErrorCode.None);
            if (!transaction.IsForgotten)
                return pass;
            pass.Dispose();
        }
    }
}
