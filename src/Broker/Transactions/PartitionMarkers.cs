using System.Collections.Concurrent;
using Broker.Groups;
using Broker.Storage;
using Broker.Topics;
using Microsoft.Extensions.Logging;

namespace Broker.Transactions;

/// <summary>Writes markers into the partitions of this broker; those of the offsets topic through the groups they are about.</summary>
/// <param name="topics">A partition that is not here was deleted: there is nothing left to end in it.</param>
/// <param name="groups">Learn which offsets count.</param>
/// <param name="coordinatorEpoch">Rises with every start.</param>
/// <param name="logger">The log of transactions.</param>
internal sealed class PartitionMarkers(TopicCatalog topics, GroupCoordinator groups, int coordinatorEpoch, ILogger logger) : ITransactionMarkers
{
    private readonly ConcurrentDictionary<(TopicPartition, long), bool> _failing = [];

    public async Task<bool> WriteAsync(TopicPartition partition, TransactionalProducer producer, bool commit)
    {
        if (topics.FindPartition(partition.Topic, partition.Partition) is not { } target)
            return Over(partition, producer);

        try
        {
            var end = Append(target, producer, commit);
            if (end < 0)
                logger.MarkerFenced(target.ToString(), producer.Id, producer.Epoch);
            else
                await target.FlushAsync(end).ConfigureAwait(false);
            return Over(partition, producer);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            if (target.IsDeleted)
                return Over(partition, producer);

            // It is tried every few seconds, perhaps until the next start.
            if (_failing.TryAdd((partition, producer.Id), true))
                logger.MarkerFailed(e, producer.Id, target.ToString());
            return false;
        }
    }

    private bool Over(TopicPartition partition, TransactionalProducer producer)
    {
        _failing.TryRemove((partition, producer.Id), out _);
        return true;
    }

    /// <returns>The offset behind the marker; -1 when the partition knows of a newer epoch.</returns>
    private long Append(Partition target, TransactionalProducer producer, bool commit)
    {
        if (target.Topic == TopicName.ConsumerOffsets)
            return groups.CompleteTransaction(target.Index, producer.Id, producer.Epoch, commit, coordinatorEpoch);

        var result = target.AppendMarker(producer.Id, producer.Epoch, commit, coordinatorEpoch);
        return result.Outcome == AppendOutcome.Appended ? result.LastOffset + 1 : -1;
    }
}
