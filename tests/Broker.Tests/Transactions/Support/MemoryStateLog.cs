using Broker.Transactions;

namespace Broker.Tests.Transactions.Support;

/// <summary>The transaction state in memory; appends and flushes can be made to fail.</summary>
internal sealed class MemoryStateLog : IStateLog
{
    private readonly List<byte[]> _batches = [];

    public int PartitionCount => 1;

    public bool IsOffline { get; set; }

    public Exception? AppendFault { get; set; }

    /// <summary>What a flush answers with.</summary>
    public Task Flush { get; set; } = Task.CompletedTask;

    /// <summary>Every record, as <c>id: status</c>.</summary>
    public IEnumerable<string> Records => _batches.SelectMany(batch => TransactionBatch.Read(batch))
        .Select(r => $"{r.TransactionalId}: {r.State?.Status.ToString() ?? "forgotten"}");

    public ValueTask EnsureCreatedAsync() => ValueTask.CompletedTask;

    public bool IsOnline(int partition) => !IsOffline;

    public long Append(int partition, byte[] batch)
    {
        if (AppendFault is not null)
            throw AppendFault;
        _batches.Add(batch);
        return _batches.Count;
    }

    public Task FlushAsync(int partition, long upToOffset) => Flush;

    public IEnumerable<Memory<byte>> ReadBatches(int partition) => _batches.Select(batch => batch.AsMemory());

    /// <summary>What a crash leaves that kept the first records only.</summary>
    public MemoryStateLog CutTo(int records)
    {
        var cut = new MemoryStateLog();
        cut._batches.AddRange(_batches[..records]);
        return cut;
    }
}
