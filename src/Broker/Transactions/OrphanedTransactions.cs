using Microsoft.Extensions.Logging;

namespace Broker.Transactions;

/// <summary>
/// Aborts transactions that are open in a partition and that no transactional id has open. A power loss can leave one: the
/// records of a transaction's first write may reach the disk before the word that it began, neither being acknowledged yet.
/// Nobody could ever end it, and no read_committed consumer would get past it. The marker carries the next epoch, so that the
/// producer, sending the same batch again, is not told that it is there already.
/// </summary>
internal sealed class OrphanedTransactions(TransactionTable table, ITransactionMarkers markers, ILogger logger)
{
    /// <summary>
    /// To be called when every decided end was carried out, or tried to, and now and then: what could not be ended is tried again, and what may be of
    /// an id whose state cannot be read is left until it can.
    /// </summary>
    public async Task AbortAsync()
    {
        var suspects = table.Suspects.All.ToList();
        if (suspects.Count == 0)
            return;

        // In this order: a partition of the state that is read meanwhile is not taken for known.
        var isComplete = table.IsComplete;
        var states = table.All.Select(t => t.CurrentState).ToList();
        var open = states.SelectMany(s => s.Partitions.Select(p => (s.ProducerId, s.RecordsEpoch, p))).ToHashSet();
        var known = states.SelectMany(s => new[] { s.ProducerId, s.PreviousProducerId }).ToHashSet();
        foreach (var (producer, partition) in suspects)
        {
            if (!isComplete && !known.Contains(producer.Id))
                continue;

            if (!open.Contains((producer.Id, producer.Epoch, partition)))
            {
                var abort = new TransactionMarker(producer.Id, producer.Epoch, (short)Math.Min(producer.Epoch + 1, short.MaxValue), Commit: false);
                if (!await markers.WriteAsync(partition, abort).ConfigureAwait(false))
                    continue;
                logger.Orphaned(partition.Topic, partition.Partition, producer.Id);
            }

            table.Suspects.Clear(producer.Id, partition);
        }
    }
}
