namespace Broker.Topics;

/// <summary>
/// One long poll after another: woken by its partitions, ended by its time or by the request's abort. Look first, then
/// <see cref="TryPark"/>: what was appended since <see cref="Begin"/> or the last look keeps it from parking. One poller; woken by any
/// thread. The same object waits for the next request, so that waiting allocates nothing.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="poll">Put on the thread pool when a parked wait is woken or over.</param>
internal sealed class FetchWait(TimeProvider time, IThreadPoolWorkItem poll)
{
    /// <summary>Timers count in whole milliseconds.</summary>
    private static readonly TimeSpan LeastDelay = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly List<Partition> _partitions = [];
    private ITimer? _timer;
    private CancellationTokenRegistration _abort;
    private TimeSpan _maxWait;
    private long _began;
    private bool _isActive;
    private bool _isParked;
    private bool _woken;
    private bool _over;

    /// <summary>Partitions it has kept room for.</summary>
    public int Weight => _partitions.Capacity;

    /// <summary>The time is up, or the client is gone.</summary>
    public bool IsOver => Volatile.Read(ref _over);

    /// <summary>To be called for each partition before <see cref="Begin"/>; twice is as good as once.</summary>
    public void Watch(Partition partition) => _partitions.Add(partition);

    public void Begin(TimeSpan maxWait, CancellationToken aborted)
    {
        lock (_lock)
        {
            (_maxWait, _began) = (maxWait, time.GetTimestamp());
            (_isActive, _isParked, _woken, _over) = (true, false, false, false);
        }

        foreach (var partition in _partitions)
            partition.DelayedFetches.Add(this);
        _timer ??= time.CreateTimer(static wait => ((FetchWait)wait!).TimeIsUp(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(maxWait, Timeout.InfiniteTimeSpan);
        _abort = aborted.UnsafeRegister(static wait => ((FetchWait)wait!).End(), this);
    }

    /// <summary>True when there is nothing new: the poll will be put on the thread pool. False when it is worth another look.</summary>
    public bool TryPark()
    {
        lock (_lock)
        {
            if (_woken || _over)
            {
                _woken = false;
                return false;
            }

            return _isParked = true;
        }
    }

    public void Wake()
    {
        lock (_lock)
        {
            _woken = !_isParked;
            UnparkUnderLock();
        }
    }

    /// <summary>No partition, timer or client knows it any more. Nothing, if it did not begin.</summary>
    public void Stop()
    {
        if (!_isActive)
            return;

        foreach (var partition in _partitions)
            partition.DelayedFetches.Remove(this);
        _partitions.Clear();
        _abort.Dispose();
        lock (_lock)
        {
            _isActive = false;
            _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _over = true;
            UnparkUnderLock();
        }
    }

    /// <summary>The timer may have been set for a wait before this one.</summary>
    private void TimeIsUp()
    {
        lock (_lock)
        {
            if (!_isActive)
                return;

            var left = _maxWait - time.GetElapsedTime(_began);
            if (left > TimeSpan.Zero)
            {
                _timer!.Change(left > LeastDelay ? left : LeastDelay, Timeout.InfiniteTimeSpan);
                return;
            }

            _over = true;
            UnparkUnderLock();
        }
    }

    private void UnparkUnderLock()
    {
        if (!_isParked)
            return;
        _isParked = false;
        // The thread that appended goes on with it when it has answered its own client; an idle one may take it before.
        ThreadPool.UnsafeQueueUserWorkItem(poll, preferLocal: true);
    }
}
