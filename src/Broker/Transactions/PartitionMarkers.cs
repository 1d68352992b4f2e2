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

    public async Task<bool> WriteAsync(TopicPartition partition, TransactionMarker marker)
    {
        if (topics.FindPartition(partition.Topic, partition.Partition) is not { } target)
            return Over(partition, marker);

        try
        {
            var end = Append(target, marker);
            if (end < 0)
                logger.MarkerFenced(target.ToString(), marker.ProducerId, marker.Epoch);
            else
                await target.FlushAsync(end).ConfigureAwait(false);
            return Over(partition, marker);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            if (target.IsDeleted)
                return Over(partition, marker);

            // It is tried every few seconds, perhaps until the next start.
            if (_failing.TryAdd((partition, marker.ProducerId), true))
                logger.MarkerFailed(e, marker.ProducerId, target.ToString());
            return false;
        }
    }

    private bool Over(TopicPartition partition, TransactionMarker marker)
    {
        _failing.TryRemove((partition, marker.ProducerId), out _);
        return true;
    }

    /// <returns>The offset behind the marker; -1 when the partition has gone on: the marker is there, or the partition knows of a newer epoch.</returns>
    private long Append(Partition target, TransactionMarker marker)
    {
        if (marker.IsFollowedInItsEpoch && target.Log?.HasOpenTransaction(marker.ProducerId, marker.Epoch) == true)
            return -1;
        if (target.Topic == TopicName.ConsumerOffsets)
            return groups.CompleteTransaction(target.Index, marker.ProducerId, marker.Epoch, marker.Commit, coordinatorEpoch);

        var result = target.AppendMarker(marker.ProducerId, marker.Epoch, marker.Commit, coordinatorEpoch);
        return result.Outcome == AppendOutcome.Appended ? result.LastOffset + 1 : -1;
    }
}
