namespace Broker.Topics;

/// <summary>
/// One long poll: woken by its partitions, ended by its time or by the request's abort. Read first, await then: what was appended
/// since the last <see cref="NextAsync"/> began wakes the next one at once. One reader; woken by any thread.
/// </summary>
internal sealed class FetchWait : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IReadOnlyCollection<Partition> _partitions;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _abort;
    private TaskCompletionSource<bool>? _next;
    private bool _woken;
    private bool _over;

    public FetchWait(IReadOnlyCollection<Partition> partitions, TimeSpan maxWait, TimeProvider time, CancellationToken aborted)
    {
        _partitions = partitions;
        _timer = time.CreateTimer(static wait => ((FetchWait)wait!).End(), this, maxWait, Timeout.InfiniteTimeSpan);
        _abort = aborted.UnsafeRegister(static wait => ((FetchWait)wait!).End(), this);
        foreach (var partition in partitions)
            partition.DelayedFetches.Add(this);
    }

    /// <summary>True when a partition may have more, false when the wait is over.</summary>
    public Task<bool> NextAsync()
    {
        lock (_lock)
        {
            if (_over)
                return Task.FromResult(false);
            if (_woken)
            {
                _woken = false;
                return Task.FromResult(true);
            }

            _next = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _next.Task;
        }
    }

    public void Wake()
    {
        lock (_lock)
        {
            if (_next is { } next)
            {
                _next = null;
                next.SetResult(true);
            }
            else
            {
                _woken = true;
            }
        }
    }

    public void Dispose()
    {
        foreach (var partition in _partitions)
            partition.DelayedFetches.Remove(this);
        _timer.Dispose();
        _abort.Dispose();
    }

    private void End()
    {
        lock (_lock)
        {
            _over = true;
            _next?.SetResult(false);
            _next = null;
        }
    }
}
