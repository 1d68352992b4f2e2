using Broker.Records;
using Broker.Storage;
using Broker.Topics;

namespace Broker.Groups;

/// <summary>Groups kept in the partitions of the internal topic, made at its first use.</summary>
internal sealed class OffsetsLog(TopicCatalog topics) : IOffsetsLog
{
    public int PartitionCount => topics.TryFind(OffsetsTopic.Name, out var topic) ? topic.Partitions.Count : 0;

    public async ValueTask EnsureCreatedAsync()
    {
        if (PartitionCount > 0)
            return;

        try
        {
            await topics.GetOrCreateInternalAsync(OffsetsTopic.Name).ConfigureAwait(false);
        }
        catch (TopicFaultException e)
        {
            throw new IOException($"Topic {OffsetsTopic.Name} could not be made: {e.Message}", e);
        }
    }

    public bool IsOnline(int partition) => Find(partition).IsOnline;

    public long Append(int partition, byte[] batches)
    {
        var result = Find(partition).Append(batches);
        return result.Outcome == AppendOutcome.Appended ? result.LastOffset + 1 : -1;
    }

    public long AppendMarker(int partition, TransactionalProducer producer, bool commit, int coordinatorEpoch, long timestampMs) =>
        Append(partition, RecordBatchBuilder.EndTransactionMarker(timestampMs, producer.Id, producer.Epoch, commit, coordinatorEpoch));

    public Task FlushAsync(int partition, long upToOffset) => Find(partition).FlushAsync(upToOffset);

    public (long Start, long End) Offsets(int partition) => Find(partition).Log is { } log ? (log.LogStartOffset, log.LogEndOffset) : (0, 0);

    public void DeleteBefore(int partition, long offset) => Find(partition).Log?.DeleteRecordsBefore(offset);

    public IEnumerable<Memory<byte>> ReadBatches(int partition) => Find(partition).ReadBatches();

    private Partition Find(int partition) =>
        topics.FindPartition(OffsetsTopic.Name, partition) ?? throw new InvalidOperationException($"{OffsetsTopic.Name} has no partition {partition}.");
}
