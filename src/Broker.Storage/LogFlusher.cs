using Microsoft.Extensions.Logging;

namespace Broker.Storage;

public sealed class LogFlusher(TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>Group commit: completes when every record below <paramref name="upToOffset"/> is on disk.</summary>
    public Task FlushAsync(PartitionLog log, long upToOffset) => throw new NotImplementedException(time.ToString() + logger);

    /// <summary>
    /// To be called after an append that is not followed by <see cref="FlushAsync"/>: honours flush.messages (the task completes after
    /// the fsync) and flush.ms (the task is complete, the fsync follows in time).
    /// </summary>
    public Task AppendedAsync(PartitionLog log) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
