using Broker.Records;
using Broker.Storage;
using Broker.Topics;

namespace Broker.Groups;

/// <summary>Groups kept in the partitions of the internal topic, made at its first use.</summary>
internal sealed class OffsetsLog(TopicCatalog topics) : IOffsetsLog
{
    private const int ReadBytes = 1 << 20;

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
        return result.Outcome == AppendOutcome.InvalidProducerEpoch ? -1 : result.LastOffset + 1;
    }

    public long AppendMarker(int partition, TransactionalProducer producer, bool commit, int coordinatorEpoch, long timestampMs) =>
        Append(partition, RecordBatchBuilder.EndTransactionMarker(timestampMs, producer.Id, producer.Epoch, commit, coordinatorEpoch));

    public Task FlushAsync(int partition, long upToOffset) => Find(partition).FlushAsync(upToOffset);

    public (long Start, long End) Offsets(int partition) => Find(partition).Log is { } log ? (log.LogStartOffset, log.LogEndOffset) : (0, 0);

    public void DeleteBefore(int partition, long offset) => Find(partition).Log?.DeleteRecordsBefore(offset);

    public IEnumerable<Memory<byte>> ReadBatches(int partition)
    {
        if (Find(partition) is not { IsOnline: true } source)
            yield break;

        var offset = source.Log.LogStartOffset;
        var buffer = Array.Empty<byte>();
        while (Read(source, offset, ref buffer) is var length and > 0)
        {
            var position = 0;
            while (position < length)
            {
                if (!RecordBatchHeader.TryRead(buffer.AsSpan(position, length - position), out var header))
                    throw new InvalidDataException($"{source} has a damaged batch behind offset {offset}.");

                yield return buffer.AsMemory(position, (int)header.SizeInBytes);
                position += (int)header.SizeInBytes;
                offset = header.NextOffset;
            }
        }
    }

    private static int Read(Partition source, long offset, ref byte[] buffer)
    {
        using var slice = source.Read(offset, ReadBytes);
        if (slice is null)
            return 0;
        if (buffer.Length < slice.Length)
            buffer = new byte[slice.Length];
        slice.CopyTo(buffer.AsSpan(0, slice.Length));
        return slice.Length;
    }

    private Partition Find(int partition) =>
        topics.FindPartition(OffsetsTopic.Name, partition) ?? throw new InvalidOperationException($"{OffsetsTopic.Name} has no partition {partition}.");
}
