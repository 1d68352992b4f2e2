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
    /// Ends a transaction that is ending, or waits for whoever does at this moment. On return it is over for every reader, or a
    /// partition does not take its marker: then it stays as it is until the next attempt.
    /// </summary>
    /// <exception cref="IOException">Whether the decision is on disk is unknown; no marker was written.</exception>
    public Task RunAsync(Transaction transaction) =>
        TryBegin(transaction, out var work, out var running) ? CompleteAsync(transaction, work) : running;

    /// <summary>For those nobody waits for, unless somebody else is at it: a failure is said in the log, and the next sweep tries again.</summary>
    public async Task TryRunAsync(Transaction transaction)
    {
        if (!TryBegin(transaction, out var work, out _))
            return;

        try
        {
            await CompleteAsync(transaction, work).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            logger.FlushFailed(e, transaction.Id);
        }
    }

    private async Task CompleteAsync(Transaction transaction, Work work)
    {
        try
        {
            await table.FlushAsync(transaction, work.DurableOffset).ConfigureAwait(false);
            var left = await MarkAsync(work.Ending, work.Unmarked).ConfigureAwait(false);
            lock (transaction.Gate)
            {
                transaction.Unmarked = left.Count == 0 ? null : left;
                if (left.Count == 0)
                    table.ApplyUnderLock(transaction, Transition.To(work.Ending.Complete(table.NowMs)));
                transaction.Completing = null;
            }

            work.Done.SetResult();
        }
        catch (Exception e)
        {
            lock (transaction.Gate)
                transaction.Completing = null;
            work.Done.SetException(e);
            // Also when nobody waits for it but whoever gets the exception here.
            _ = work.Done.Task.Exception;
            throw;
        }
    }

    private async Task<IReadOnlyCollection<TopicPartition>> MarkAsync(TransactionState ending, IReadOnlyCollection<TopicPartition> partitions)
    {
        var marker = new TransactionMarker(
            ending.ProducerId, ending.RecordsEpoch, ending.ProducerEpoch, Commit: ending.Status == TransactionStatus.PrepareCommit);
        var writing = partitions.Select(p => (Partition: p, Written: markers.WriteAsync(p, marker))).ToList();
        var left = new List<TopicPartition>();
        foreach (var (partition, written) in writing)
        {
            if (!await written.ConfigureAwait(false))
                left.Add(partition);
        }

        return left;
    }

    /// <returns>False when there is nothing to end, or somebody else is at it: then <paramref name="running"/> completes when that is done.</returns>
    private static bool TryBegin(Transaction transaction, out Work work, out Task running)
    {
        lock (transaction.Gate)
        {
            work = default;
            running = transaction.Completing ?? Task.CompletedTask;
            if (transaction.Completing is not null || !transaction.State.IsEnding)
                return false;

            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            transaction.Completing = done.Task;
            work = new Work(transaction.State, transaction.Unmarked ?? transaction.State.Partitions, transaction.DurableOffset, done);
            return true;
        }
    }

    private readonly record struct Work(
        TransactionState Ending, IReadOnlyCollection<TopicPartition> Unmarked, long DurableOffset, TaskCompletionSource Done);
}
