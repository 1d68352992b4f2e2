using Broker.Storage;

namespace Broker.Topics;

/// <summary>What was appended to a partition since the broker started. Safe for use by any thread.</summary>
internal sealed class AppendCount
{
    private long _records;
    private long _bytes;

    public long Records => Volatile.Read(ref _records);

    public long Bytes => Volatile.Read(ref _bytes);

    public void Add(in AppendResult result, int bytes)
    {
        if (result.Outcome != AppendOutcome.Appended)
            return;
        Interlocked.Add(ref _records, result.LastOffset - result.BaseOffset + 1);
        Interlocked.Add(ref _bytes, bytes);
    }
}
