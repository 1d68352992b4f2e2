using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Broker.Groups;
using Broker.Protocol;
using Microsoft.Extensions.Logging;

namespace Broker.Transactions;

/// <summary>
/// Every transactional id with its state, and the one way to change it: append the new state, then show it. One lock per id;
/// nobody waits for the disk under it. Safe for use by any thread.
/// </summary>
internal sealed class TransactionTable(IStateLog log, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, Transaction> _transactions = new(StringComparer.Ordinal);

    public IEnumerable<Transaction> All => _transactions.Values;

    /// <summary>False while a part of the stored states cannot be read.</summary>
    public bool IsComplete => Enumerable.Range(0, log.PartitionCount).All(log.IsOnline);

    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Replays what was stored; only before the first request.</summary>
    public void Load()
    {
        for (var partition = 0; partition < log.PartitionCount; partition++)
        {
            foreach (var batch in log.ReadBatches(partition))
                Replay(batch.Span, partition);
        }

        if (!_transactions.IsEmpty)
            logger.Loaded(_transactions.Count, _transactions.Values.Count(t => t.State.IsEnding));
    }

    public bool TryFind(string id, [NotNullWhen(true)] out Transaction? transaction) => _transactions.TryGetValue(id, out transaction);

    /// <summary>The id's transaction, made with <paramref name="producerId"/> when there is none. Stored only by its first change.</summary>
    /// <exception cref="IOException">The state log could not be made, or no producer id.</exception>
    public async ValueTask<Transaction> GetOrAddAsync(string id, Func<long> producerId)
    {
        await log.EnsureCreatedAsync().ConfigureAwait(false);
        return _transactions.GetOrAdd(id, name => new Transaction(name, PartitionOf(name), new TransactionState { ProducerId = producerId() }));
    }

    public bool IsOnline(Transaction transaction) => log.IsOnline(transaction.LogPartition);

    /// <summary>Stores and shows what was decided. Nothing has changed when the answer is an error.</summary>
    public ErrorCode ApplyUnderLock(Transaction transaction, Transition transition)
    {
        if (transition.Next is not { } next)
            return transition.Error;
        if (!TryAppend(transaction, next))
            return ErrorCode.CoordinatorNotAvailable;

        if (transaction.State.Status != next.Status)
            logger.Changed(transaction.Id, next.Status);
        transaction.State = next;
        return ErrorCode.None;
    }

    /// <summary>Removes the id for good.</summary>
    public void ForgetUnderLock(Transaction transaction)
    {
        if (!TryAppend(transaction, null))
            return;

        transaction.IsForgotten = true;
        _transactions.TryRemove(KeyValuePair.Create(transaction.Id, transaction));
        logger.Expired(transaction.Id);
    }

    /// <summary>Completes when the state as it was at <paramref name="durableOffset"/> is on disk.</summary>
    /// <exception cref="IOException" />
    public Task FlushAsync(Transaction transaction, long durableOffset) => log.FlushAsync(transaction.LogPartition, durableOffset);

    private int PartitionOf(string id) => OffsetsTopic.PartitionFor(id, log.PartitionCount);

    private bool TryAppend(Transaction transaction, TransactionState? state)
    {
        try
        {
            transaction.DurableOffset = log.Append(transaction.LogPartition, TransactionBatch.Write(transaction.Id, state, NowMs));
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            logger.AppendFailed(e, transaction.Id);
            return false;
        }
    }

    private void Replay(ReadOnlySpan<byte> batch, int partition)
    {
        try
        {
            foreach (var (id, state) in TransactionBatch.Read(batch))
            {
                if (state is null)
                    _transactions.TryRemove(id, out _);
                else
                    _transactions[id] = new Transaction(id, partition, state);
            }
        }
        catch (InvalidDataException e)
        {
            // A newer Kafka may have written it; the ids of all other batches are still good.
            logger.UnreadableBatch(e, partition);
        }
    }
}
