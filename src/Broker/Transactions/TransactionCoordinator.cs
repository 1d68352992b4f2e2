using Broker.Diagnostics;
using Broker.Groups;
using Broker.Protocol;
using Broker.Storage;
using Broker.Topics;
using Microsoft.Extensions.Logging;

namespace Broker.Transactions;

/// <summary>
/// The door to all transactions. Every answer waits until what it says is on disk. The end of a transaction is answered when its
/// markers are on disk too, so that whoever reads after a commit sees it; Kafka answers once the decision is durable.
/// Safe for use by any thread, after <see cref="StartAsync"/>.
/// </summary>
/// <param name="table">The transactions.</param>
/// <param name="completion">Ends them.</param>
/// <param name="orphans">Ends those that no id knows.</param>
/// <param name="settings">What they go by.</param>
/// <param name="newProducerId">Makes a producer id nobody had before.</param>
/// <param name="time">For timeouts.</param>
/// <param name="logger">The log of transactions.</param>
internal sealed class TransactionCoordinator(
    TransactionTable table, TransactionCompletion completion, OrphanedTransactions orphans, TransactionSettings settings, Func<long> newProducerId,
    TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly PeriodicTimer _sweepTimer = new(settings.SweepInterval, time);
    private readonly LoopFaults _faults = new("transactions", logger);
    private Task _sweeping = Task.CompletedTask;

    public TransactionTable Table => table;

    /// <summary>Loads what is stored, ends every transaction whose end was decided, and those that nobody could end.</summary>
    /// <param name="partitions">Every partition; nobody writes to them yet.</param>
    public async Task StartAsync(IEnumerable<Partition> partitions)
    {
        table.Load();
        foreach (var transaction in table.All)
            await completion.TryRunAsync(transaction).ConfigureAwait(false);
        foreach (var partition in partitions)
        {
            if (partition.Log is { } log)
                Suspect(partition, log);
        }

        await orphans.AbortAsync().ConfigureAwait(false);
        _sweeping = SweepAsync();
    }

    /// <summary>To be told of a partition that could be opened only later, before anybody writes to it.</summary>
    public void Suspect(Partition partition, PartitionLog log) => table.Suspects.Suspect(new TopicPartition(partition.Topic, partition.Index), log);

    /// <summary>Fences whoever had the transactional id before, and aborts the transaction it left open.</summary>
    /// <param name="transactionalId">Not empty.</param>
    /// <param name="timeoutMs">How long a transaction may take.</param>
    /// <param name="known">Id and epoch of a producer that wants to go on (KIP-360).</param>
    public async ValueTask<(ErrorCode Error, TransactionalProducer Producer)> InitAsync(string transactionalId, int timeoutMs, TransactionalProducer? known)
    {
        if (timeoutMs <= 0 || timeoutMs > settings.MaxTimeoutMs)
            return (ErrorCode.InvalidTransactionTimeout, default);

        try
        {
            while (true)
            {
                if (await table.GetOrAddAsync(transactionalId, newProducerId).ConfigureAwait(false) is not { } transaction)
                    return (ErrorCode.CoordinatorNotAvailable, default);

                ErrorCode error;
                TransactionState state;
                long durableOffset;
                lock (transaction.Gate)
                {
                    if (transaction.IsForgotten)
                        continue;
                    error = table.ApplyUnderLock(transaction, transaction.State.Init(timeoutMs, known, table.NowMs, newProducerId));
                    (state, durableOffset) = (transaction.State, transaction.DurableOffset);
                }

                if (error != ErrorCode.None)
                    return (error, default);
                if (state.IsEnding)
                {
                    await completion.RunAsync(transaction).ConfigureAwait(false);
                    return (ErrorCode.ConcurrentTransactions, default);
                }

                await table.FlushAsync(transaction, durableOffset).ConfigureAwait(false);
                logger.Initialized(transactionalId, state.ProducerId, state.ProducerEpoch);
                return (ErrorCode.None, new TransactionalProducer(state.ProducerId, state.ProducerEpoch));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            logger.FlushFailed(e, transactionalId);
            return (ErrorCode.CoordinatorNotAvailable, default);
        }
    }

    /// <summary>Makes partitions part of the producer's transaction, for clients that say so themselves.</summary>
    public async ValueTask<ErrorCode> AddPartitionsAsync(
        string transactionalId, TransactionalProducer producer, IReadOnlyCollection<TopicPartition> partitions)
    {
        Task flushing;
        using (var pass = Enter(transactionalId))
        {
            if (pass.Add(producer, partitions, TransactionState.FirstDialect) is var error and not ErrorCode.None)
                return error;
            flushing = pass.FlushAsync();
        }

        return await OnDiskAsync(transactionalId, flushing).ConfigureAwait(false);
    }

    /// <summary>For whoever is about to write in a transaction.</summary>
    public TransactionPass Enter(string transactionalId) => TransactionPass.Enter(table, transactionalId);

    /// <summary>Commits or aborts.</summary>
    /// <param name="transactionalId">The id.</param>
    /// <param name="producer">As the client knows itself.</param>
    /// <param name="commit">False aborts.</param>
    /// <param name="clientVersion">The dialect: the second has the epoch raised.</param>
    /// <returns>The id and epoch of the next transaction.</returns>
    public async ValueTask<(ErrorCode Error, TransactionalProducer Next)> EndAsync(
        string transactionalId, TransactionalProducer producer, bool commit, short clientVersion)
    {
        if (!table.IsOnline(transactionalId))
            return (ErrorCode.CoordinatorNotAvailable, default);
        if (!table.TryFind(transactionalId, out var transaction))
            return (ErrorCode.InvalidProducerIdMapping, default);

        try
        {
            TransactionState state;
            long durableOffset;
            lock (transaction.Gate)
            {
                var error = transaction.IsForgotten
                    ? ErrorCode.InvalidProducerIdMapping
                    : table.ApplyUnderLock(transaction, transaction.State.End(producer, commit, clientVersion, table.NowMs, newProducerId));
                if (error != ErrorCode.None)
                    return (error, default);
                (state, durableOffset) = (transaction.State, transaction.DurableOffset);
            }

            // Not left to the completion: the sweep may have taken that over.
            await table.FlushAsync(transaction, durableOffset).ConfigureAwait(false);
            if (!state.IsEnding)
                return (ErrorCode.None, new TransactionalProducer(state.ProducerId, state.ProducerEpoch));

            await completion.RunAsync(transaction).ConfigureAwait(false);
            var after = state.Complete(table.NowMs);
            return (ErrorCode.None, new TransactionalProducer(after.ProducerId, after.ProducerEpoch));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            logger.FlushFailed(e, transactionalId);
            return (ErrorCode.CoordinatorNotAvailable, default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sweepTimer.Dispose();
        await _sweeping.ConfigureAwait(false);
    }

    /// <summary>COORDINATOR_NOT_AVAILABLE when it is not.</summary>
    public async ValueTask<ErrorCode> OnDiskAsync(string transactionalId, Task flushing)
    {
        try
        {
            await flushing.ConfigureAwait(false);
            return ErrorCode.None;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            logger.FlushFailed(e, transactionalId);
            return ErrorCode.CoordinatorNotAvailable;
        }
    }

    private async Task SweepAsync()
    {
        while (await _sweepTimer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            await GuardAsync(orphans.AbortAsync).ConfigureAwait(false);
            foreach (var transaction in table.All)
            {
                await GuardAsync(() =>
                {
                    LookAt(transaction);
                    return completion.TryRunAsync(transaction);
                }).ConfigureAwait(false);
            }
        }
    }

    private async Task GuardAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _faults.Note(e);
        }
    }

    private void LookAt(Transaction transaction)
    {
        lock (transaction.Gate)
        {
            var state = transaction.State;
            if (transaction.IsForgotten || !table.IsOnline(transaction.Id))
                return;

            if (state.IsTimedOut(table.NowMs))
            {
                logger.TimedOut(transaction.Id, state.ProducerId, state.ProducerEpoch, state.TimeoutMs);
                table.ApplyUnderLock(transaction, Transition.To(state.Fence(table.NowMs)));
            }
            else if (state.IsExpired(table.NowMs, settings.ExpirationMs))
            {
                table.ForgetUnderLock(transaction);
            }
        }
    }
}
