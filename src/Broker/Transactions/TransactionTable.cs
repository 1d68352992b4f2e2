using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Broker.Groups;
using Broker.Protocol;
using Broker.Records;
using Microsoft.Extensions.Logging;

namespace Broker.Transactions;

/// <summary>
/// Every transactional id with its state, and the one way to change it: append the new state, then show it. One lock per id;
/// nobody waits for the disk under it. Safe for use by any thread.
/// </summary>
internal sealed class TransactionTable(IStateLog log, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, Transaction> _transactions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, bool> _unread = [];

    public IEnumerable<Transaction> All => _transactions.Values;

    /// <summary>False while a part of the stored states cannot be read.</summary>
    public bool IsComplete => Enumerable.Range(0, log.PartitionCount).All(IsOnline);

    public SuspectedOrphans Suspects { get; } = new();

    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Replays what was stored; only before the first request.</summary>
    public void Load()
    {
        for (var partition = 0; partition < log.PartitionCount; partition++)
            TryLoad(partition);
        if (!_transactions.IsEmpty)
            logger.Loaded(_transactions.Count, _transactions.Values.Count(t => t.State.IsEnding));
    }

    /// <summary>
    /// Replays what was stored in one partition. When it cannot be read none of its transactional ids is served until it is replayed whole: a record
    /// left out could be the decision to commit. Other partitions are no concern of it.
    /// </summary>
    public bool TryLoad(int partition)
    {
        _unread.TryAdd(partition, true);
        if (!log.IsOnline(partition))
            return false;

        var read = new Dictionary<string, Transaction>(StringComparer.Ordinal);
        try
        {
            var unknown = log.ReadBatches(partition).Sum(batch => Replay(batch.Span, partition, read));
            if (unknown > 0)
                logger.UnknownRecords(unknown, partition);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            logger.PartitionUnreadable(e, partition);
            return false;
        }

        foreach (var (id, transaction) in read)
            _transactions[id] = transaction;
        _unread.TryRemove(partition, out _);
        return true;
    }

    public bool TryFind(string id, [NotNullWhen(true)] out Transaction? transaction) => _transactions.TryGetValue(id, out transaction);

    /// <summary>
    /// The id's transaction, made with <paramref name="producerId"/> when there is none. Stored only by its first change. Null while its
    /// partition is not served.
    /// </summary>
    /// <exception cref="IOException">The state log could not be made, or no producer id.</exception>
    public async ValueTask<Transaction?> GetOrAddAsync(string id, Func<long> producerId)
    {
        await log.EnsureCreatedAsync().ConfigureAwait(false);
        if (!IsOnline(id))
            return null;
        return _transactions.GetOrAdd(id, name => new Transaction(name, PartitionOf(name), new TransactionState { ProducerId = producerId() }));
    }

    /// <summary>Whether what is stored of the id is known and can be added to. To be asked first: of an id whose partition is not read nothing is known.</summary>
    public bool IsOnline(string id) => log.PartitionCount == 0 || IsOnline(PartitionOf(id));

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

    private bool IsOnline(int partition) => !_unread.ContainsKey(partition) && log.IsOnline(partition);

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

    /// <returns>How many records were of kinds this broker does not use.</returns>
    private static int Replay(ReadOnlySpan<byte> batch, int partition, Dictionary<string, Transaction> transactions)
    {
        RecordBatchHeader.TryRead(batch, out var header);
        var records = TransactionBatch.Read(batch);
        foreach (var (id, state) in records)
        {
            if (state is null)
                transactions.Remove(id);
            else
                transactions[id] = new Transaction(id, partition, state);
        }

        return header.RecordCount - records.Count;
    }
}
