using Broker.Groups;
using Broker.Records;

namespace Broker.Tests.Groups.Support;

/// <summary>The offsets topic in memory; appends and flushes can be made to fail.</summary>
internal sealed class MemoryOffsetsLog : IOffsetsLog
{
    private readonly List<(int Partition, long End, byte[] Batch)> _batches = [];
    private readonly Dictionary<int, long> _ends = [];
    private readonly Dictionary<long, short> _epochs = [];

    private event Action<GroupRecord>? Appended;

    public int PartitionCount => 4;

    public int MaxBatchBytes { get; set; } = 1_048_588;

    public ValueTask EnsureCreatedAsync() => ValueTask.CompletedTask;

    public bool IsOffline { get; set; }

    public bool IsOnline(int partition) => !IsOffline;

    public Exception? AppendFault { get; set; }

    /// <summary>What a flush answers with.</summary>
    public Task Flush { get; set; } = Task.CompletedTask;

    public List<long> Flushed { get; } = [];

    public List<GroupRecord> Records { get; } = [];

    /// <summary>The next record like this.</summary>
    public Task<GroupRecord> NextAsync(Predicate<GroupRecord> isIt)
    {
        var found = new TaskCompletionSource<GroupRecord>(TaskCreationOptions.RunContinuationsAsynchronously);
        Appended += record =>
        {
            if (isIt(record))
                found.TrySetResult(record);
        };
        return found.Task;
    }

    public long Append(int partition, byte[] batches)
    {
        if (AppendFault is not null)
            throw AppendFault;

        var rest = batches.AsSpan();
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> left = rest;
            Assert.True(RecordBatch.TryTake(ref left, out var batch, out var header));
            if (header.ProducerEpoch < _epochs.GetValueOrDefault(header.ProducerId, (short)-1))
                return -1;
            if (header.HasProducerId)
                _epochs[header.ProducerId] = header.ProducerEpoch;

            var stored = batch.ToArray();
            Store(partition, stored, header.RecordCount);
            if (!header.IsControl)
                Note(stored);
            rest = rest[batch.Length..];
        }

        return _ends[partition];
    }

    /// <summary>A batch that this broker would not have written.</summary>
    public void Store(int partition, byte[] batch, int records = 1)
    {
        var start = _ends.GetValueOrDefault(partition);
        RecordBatch.SetBaseOffset(batch, start, leaderEpoch: 0);
        _ends[partition] = start + records;
        _batches.Add((partition, start + records, batch));
    }

    public long AppendMarker(int partition, TransactionalProducer producer, bool commit, int coordinatorEpoch) =>
        Append(partition, RecordBatchBuilder.EndTransactionMarker(0, producer.Id, producer.Epoch, commit, coordinatorEpoch));

    public Task FlushAsync(int partition, long upToOffset)
    {
        Flushed.Add(upToOffset);
        return Flush;
    }

    public IEnumerable<Memory<byte>> ReadBatches(int partition) =>
        _batches.Where(b => b.Partition == partition).Select(b => b.Batch.AsMemory());

    private void Note(byte[] batch)
    {
        foreach (var (record, _) in GroupBatch.Read(batch))
        {
            Records.Add(record);
            Appended?.Invoke(record);
        }
    }
}
