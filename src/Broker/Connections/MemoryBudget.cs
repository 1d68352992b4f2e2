namespace Broker.Connections;

/// <summary>
/// Bytes that the clients of a broker make it hold: requests that are being received and answers that were not sent yet. Who needs
/// more than there is waits, and meanwhile nothing more is received from that client. Safe for use by any thread.
/// </summary>
/// <param name="limit">How many there may be. A single request that is longer may come when there is nothing else.</param>
internal sealed class MemoryBudget(long limit)
{
    private const long LeastByDefault = 256L * 1024 * 1024;

    private readonly Lock _lock = new();
    private TaskCompletionSource? _freed;
    private long _used;

    public long Used => Volatile.Read(ref _used);

    /// <summary><c>queued.max.request.bytes</c>, or a quarter of the memory this process may have.</summary>
    public static MemoryBudget From(BrokerOptions options) => new(
        options.QueuedMaxRequestBytes > 0
            ? options.QueuedMaxRequestBytes
            : Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, LeastByDefault));

    /// <summary>Counts what is there already.</summary>
    public void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    public void Release(long bytes)
    {
        if (bytes == 0)
            return;

        Interlocked.Add(ref _used, -bytes);
        TaskCompletionSource? freed;
        lock (_lock)
            (freed, _freed) = (_freed, null);
        freed?.SetResult();
    }

    /// <summary>Counts a request that is about to be received, as soon as there is room for all of it.</summary>
    public async ValueTask ReserveAsync(long bytes, CancellationToken cancellationToken)
    {
        while (!TryReserve(bytes))
        {
            var freed = WhenFreed();
            if (TryReserve(bytes))
                return;
            await freed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Completes when there is room at all, for the answer to a request; what the client itself has reserved does not count.</summary>
    public ValueTask RoomAsync(long reserved, CancellationToken cancellationToken) =>
        Used - reserved < limit ? ValueTask.CompletedTask : WaitForRoomAsync(reserved, cancellationToken);

    private async ValueTask WaitForRoomAsync(long reserved, CancellationToken cancellationToken)
    {
        while (Used - reserved >= limit)
        {
            var freed = WhenFreed();
            if (Used - reserved < limit)
                return;
            await freed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private bool TryReserve(long bytes)
    {
        while (true)
        {
            var used = Used;
            if (used > 0 && used + bytes > limit)
                return false;
            if (Interlocked.CompareExchange(ref _used, used + bytes, used) == used)
                return true;
        }
    }

    private Task WhenFreed()
    {
        lock (_lock)
            return (_freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }
}
