using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>
/// Group commit for all logs of a broker: one thread of its own that, round by round, fsyncs each log somebody waits for
/// once and then answers all who waited. Who asks during a round is served by the next, so the number waiting is bounded by
/// the callers. Members may be called from any thread.
/// </summary>
public sealed class LogFlusher : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Dictionary<PartitionLog, long> _due = [];
    private readonly ITimer _timer;
    private readonly Task _loop;
    private readonly long _began;
    private Dictionary<PartitionLog, TaskCompletionSource> _requested = [];
    private Dictionary<PartitionLog, TaskCompletionSource> _round = [];
    private long _timerDueMs = long.MaxValue;
    private long _flushCount;
    private long _roundCount;
    private long _flushTicks;
    private bool _isStopping;

    public LogFlusher(TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _began = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((LogFlusher)state!).RequestDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // fsync blocks for milliseconds: on the pool it would hold up whoever else needs one of its few threads.
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Logs brought to disk so far.</summary>
    public long FlushCount => Volatile.Read(ref _flushCount);

    /// <summary>Rounds so far; each served everybody who waited when it began.</summary>
    public long RoundCount => Volatile.Read(ref _roundCount);

    /// <summary>Time the disk took for them.</summary>
    public TimeSpan FlushTime => new(Volatile.Read(ref _flushTicks));

    /// <summary>Completes when every record below <paramref name="upToOffset"/> is on disk, and fails as <see cref="PartitionLog.Flush"/> does.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset is above the log end.</exception>
    public Task FlushAsync(PartitionLog log, long upToOffset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(upToOffset, log.LogEndOffset);
        if (log.FlushedOffset >= upToOffset)
            return Task.CompletedTask;
        lock (_lock)
            return _isStopping ? Task.FromException(new ObjectDisposedException(nameof(LogFlusher))) : RequestUnderLock(log);
    }

    /// <summary>
    /// To be called after an append that <see cref="FlushAsync"/> does not follow: honours the log's flush.messages, with a
    /// task that completes after the fsync, and flush.ms, with a completed task and an fsync in time. Where much has come together without
    /// an fsync, there is one soon.
    /// </summary>
    public Task AppendedAsync(PartitionLog log)
    {
        if (log.IsFlushDue)
            return FlushAsync(log, log.LogEndOffset);
        var (isWanted, flushMs) = (log.IsFlushWanted, log.Options.FlushMs);
        if (!isWanted && flushMs == long.MaxValue)
            return Task.CompletedTask;
        lock (_lock)
        {
            var dueMs = ElapsedMs + Math.Min(flushMs, long.MaxValue / 2);
            if (_isStopping)
                return Task.CompletedTask;
            if (isWanted)
                RequestUnderLock(log);
            else if (_due.TryAdd(log, dueMs))
                SetTimerUnderLock(dueMs);
        }

        return Task.CompletedTask;
    }

    /// <summary>Serves who waits, then ends. Later requests are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isStopping)
                return;
            _isStopping = true;
            _wake.Release();
        }

        await _loop;
        await _timer.DisposeAsync();
        _wake.Dispose();
    }

    /// <summary>Not the time of day, which may be set back.</summary>
    private long ElapsedMs => (long)_time.GetElapsedTime(_began).TotalMilliseconds;

    private void Run()
    {
        while (true)
        {
            _wake.Wait();
            bool isLast;
            lock (_lock)
            {
                (_requested, _round) = (_round, _requested);
                isLast = _isStopping;
            }

            foreach (var (log, completion) in _round)
                Flush(log, completion);
            if (_round.Count > 0)
                Volatile.Write(ref _roundCount, _roundCount + 1);
            _round.Clear();
            if (isLast)
                return;
        }
    }

    private void Flush(PartitionLog log, TaskCompletionSource completion)
    {
        try
        {
            var began = _time.GetTimestamp();
            log.Flush();
            Volatile.Write(ref _flushTicks, _flushTicks + _time.GetElapsedTime(began).Ticks);
            Volatile.Write(ref _flushCount, _flushCount + 1);
            completion.SetResult();
        }
        catch (Exception e)
        {
            // One log's failure is for those who wait for it; the others' fsyncs go on.
            if (e is not ObjectDisposedException)
                _logger.FlushFailed(log.Directory, e);
            completion.SetException(e);
        }
    }

    private Task RequestUnderLock(PartitionLog log)
    {
        if (!_requested.TryGetValue(log, out var completion))
        {
            completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_requested.Count == 0)
                _wake.Release();
            _requested.Add(log, completion);
        }

        _due.Remove(log);
        return completion.Task;
    }

    private void RequestDue()
    {
        lock (_lock)
        {
            if (_isStopping)
                return;
            _timerDueMs = long.MaxValue;
            var nowMs = ElapsedMs;
            var nextMs = long.MaxValue;
            foreach (var (log, dueMs) in _due)
            {
                if (dueMs <= nowMs)
                    RequestUnderLock(log);
                else
                    nextMs = Math.Min(nextMs, dueMs);
            }

            SetTimerUnderLock(nextMs);
        }
    }

    private void SetTimerUnderLock(long dueMs)
    {
        if (dueMs >= _timerDueMs)
            return;
        _timerDueMs = dueMs;
        var delayMs = Math.Clamp(dueMs - ElapsedMs, 0, int.MaxValue);
        _timer.Change(TimeSpan.FromMilliseconds(delayMs), Timeout.InfiniteTimeSpan);
    }
}
