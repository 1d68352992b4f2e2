using Broker.Groups;
using Broker.Topics;
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
    /// <summary>To be called at start, when every decided end was carried out. Does nothing while stored states cannot be read.</summary>
    public async Task AbortAsync(IEnumerable<Partition> partitions)
    {
        if (!table.IsComplete)
            return;

        var known = table.All.Where(t => t.State.Partitions.Count > 0)
            .SelectMany(t => t.State.Partitions.Select(p => (t.State.ProducerId, Partition: p))).ToHashSet();
        foreach (var partition in partitions)
        {
            if (partition.Log is not { } log || log.LastStableOffset == log.LogEndOffset)
                continue;

            var name = new TopicPartition(partition.Topic, partition.Index);
            foreach (var producer in log.ActiveProducers())
            {
                if (producer.TransactionStartOffset < 0 || known.Contains((producer.ProducerId, name)))
                    continue;

                logger.Orphaned(partition.ToString(), producer.ProducerId);
                var fenced = (short)Math.Min(producer.ProducerEpoch + 1, short.MaxValue);
                await markers.WriteAsync(name, new TransactionalProducer(producer.ProducerId, fenced), commit: false).ConfigureAwait(false);
            }
        }
    }
}
