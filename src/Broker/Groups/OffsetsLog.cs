using Broker.Storage;
using Broker.Topics;

namespace Broker.Groups;

/// <summary>Groups kept in the partitions of the internal topic, made at its first use.</summary>
internal sealed class OffsetsLog(TopicCatalog topics) : IOffsetsLog
{
    public int PartitionCount => topics.TryFind(OffsetsTopic.Name, out var topic) ? topic.Partitions.Count : 0;

    public int MaxBatchBytes => topics.TryFind(OffsetsTopic.Name, out var topic) ? topic.Config.MaxMessageBytes : int.MaxValue;

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

    public long Append(int partition, byte[] batches) => EndOf(Find(partition).Append(batches));

    public long AppendMarker(int partition, TransactionalProducer producer, bool commit, int coordinatorEpoch) =>
        EndOf(Find(partition).AppendMarker(producer.Id, producer.Epoch, commit, coordinatorEpoch));

    public Task FlushAsync(int partition, long upToOffset) => Find(partition).FlushAsync(upToOffset);

    public IEnumerable<Memory<byte>> ReadBatches(int partition) => Find(partition).ReadBatches();

    private static long EndOf(in AppendResult result) => result.Outcome == AppendOutcome.Appended ? result.LastOffset + 1 : -1;

    private Partition Find(int partition) =>
        topics.FindPartition(OffsetsTopic.Name, partition) ?? throw new InvalidOperationException($"{OffsetsTopic.Name} has no partition {partition}.");
}
