using Broker.Groups;
using Microsoft.Extensions.Logging;

namespace Broker.Transactions;

/// <summary>
/// The second half of every end: once the decision is on disk, a marker into each partition, and once all of those are on disk,
/// the word that it is done. A crash in between leaves the decision, from which the next start goes on; a marker written twice
/// ends nothing the second time. Safe for use by any thread.
/// </summary>
internal sealed class TransactionCompletion(TransactionTable table, ITransactionMarkers markers, ILogger logger)
{
    /// <summary>
    /// Ends a transaction that is ending, unless somebody else does at this moment. On return it is over for every reader, or a
    /// partition does not take its marker: then it stays as it is until the next attempt.
    /// </summary>
    /// <exception cref="IOException">Whether the decision is on disk is unknown; no marker was written.</exception>
    public async Task RunAsync(Transaction transaction)
    {
        if (!TryBegin(transaction, out var ending, out var unmarked, out var durableOffset))
            return;

        try
        {
            await table.FlushAsync(transaction, durableOffset).ConfigureAwait(false);
            var left = await MarkAsync(ending, unmarked).ConfigureAwait(false);
            lock (transaction.Gate)
            {
                transaction.Unmarked = left;
                if (left.Count == 0)
                    table.ApplyUnderLock(transaction, Transition.To(ending.Complete(table.NowMs)));
            }
        }
        finally
        {
            lock (transaction.Gate)
            {
                transaction.IsCompleting = false;
                if (!transaction.State.IsEnding)
                    transaction.Unmarked = null;
            }
        }
    }

    /// <summary>As <see cref="RunAsync"/>, for those nobody waits for: a failure is said in the log, and the next sweep tries again.</summary>
    public async Task TryRunAsync(Transaction transaction)
    {
        try
        {
            await RunAsync(transaction).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            logger.FlushFailed(e, transaction.Id);
        }
    }

    private async Task<IReadOnlyCollection<TopicPartition>> MarkAsync(TransactionState ending, IReadOnlyCollection<TopicPartition> partitions)
    {
        var producer = new TransactionalProducer(ending.ProducerId, ending.ProducerEpoch);
        var commit = ending.Status == TransactionStatus.PrepareCommit;
        var writing = partitions.Select(p => (Partition: p, Written: markers.WriteAsync(p, producer, commit))).ToList();
        var left = new List<TopicPartition>();
        foreach (var (partition, written) in writing)
        {
            if (!await written.ConfigureAwait(false))
                left.Add(partition);
        }

        return left;
    }

    private static bool TryBegin(
        Transaction transaction, out TransactionState ending, out IReadOnlyCollection<TopicPartition> unmarked, out long durableOffset)
    {
        lock (transaction.Gate)
        {
            ending = transaction.State;
            unmarked = transaction.Unmarked ?? ending.Partitions;
            durableOffset = transaction.DurableOffset;
            if (transaction.IsCompleting || !ending.IsEnding)
                return false;

            return transaction.IsCompleting = true;
        }
    }
}
