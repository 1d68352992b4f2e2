using System.Runtime.InteropServices;
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
    private Dictionary<PartitionLog, FlushWait?> _requested = [];
    private Dictionary<PartitionLog, FlushWait?> _round = [];
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

    /// <summary>Has <paramref name="wait"/> called when every record below <paramref name="upToOffset"/> is on disk, or when <see cref="PartitionLog.Flush"/> failed.</summary>
    /// <returns>False when they are on disk already: it is not called.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is above the log end.</exception>
    public bool Flush(PartitionLog log, long upToOffset, FlushWait wait)
    {
        if (IsOnDisk(log, upToOffset))
            return false;
        lock (_lock)
        {
            if (!_isStopping)
            {
                RequestUnderLock(log, wait);
                return true;
            }
        }

        wait.Flushed(new ObjectDisposedException(nameof(LogFlusher)));
        return true;
    }

    /// <summary>As <see cref="Flush(PartitionLog, long, FlushWait)"/>, as a task.</summary>
    public Task FlushAsync(PartitionLog log, long upToOffset)
    {
        if (IsOnDisk(log, upToOffset))
            return Task.CompletedTask;
        var wait = new FlushTask();
        return Flush(log, upToOffset, wait) ? wait.Task : Task.CompletedTask;
    }

    /// <summary>
    /// To be called after an append that <see cref="FlushAsync"/> does not follow: honours the log's flush.messages, by a wait as in
    /// <see cref="Flush(PartitionLog, long, FlushWait)"/>, and flush.ms, by an fsync in time that nobody waits for.
    /// Where much has come together without an fsync, there is one soon.
    /// </summary>
    public bool FlushIfDue(PartitionLog log, FlushWait wait) => !IsTimedOnly(log) && Flush(log, log.LogEndOffset, wait);

    /// <summary>As <see cref="FlushIfDue"/>, as a task.</summary>
    public Task AppendedAsync(PartitionLog log) => IsTimedOnly(log) ? Task.CompletedTask : FlushAsync(log, log.LogEndOffset);

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

            foreach (var (log, waiting) in _round)
                Serve(waiting, Flush(log));
            if (_round.Count > 0)
                Volatile.Write(ref _roundCount, _roundCount + 1);
            _round.Clear();
            if (isLast)
                return;
        }
    }

    /// <returns>Why it failed.</returns>
    private Exception? Flush(PartitionLog log)
    {
        try
        {
            var began = _time.GetTimestamp();
            log.Flush();
            Volatile.Write(ref _flushTicks, _flushTicks + _time.GetElapsedTime(began).Ticks);
            Volatile.Write(ref _flushCount, _flushCount + 1);
            return null;
        }
        catch (Exception e)
        {
            // One log's failure is for those who wait for it; the others' fsyncs go on.
            if (e is not ObjectDisposedException)
                _logger.FlushFailed(log.Directory, e);
            return e;
        }
    }

    private static void Serve(FlushWait? waiting, Exception? failure)
    {
        while (waiting is not null)
        {
            // Once called it may be waiting elsewhere.
            var served = waiting;
            (waiting, served.Next) = (served.Next, null);
            served.Flushed(failure);
        }
    }

    private static bool IsOnDisk(PartitionLog log, long upToOffset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(upToOffset, log.LogEndOffset);
        return log.FlushedOffset >= upToOffset;
    }

    /// <summary>Whether nobody has to wait for an append; sees then to the fsync that it is due by time or by size.</summary>
    private bool IsTimedOnly(PartitionLog log)
    {
        if (log.IsFlushDue)
            return false;
        var (isWanted, flushMs) = (log.IsFlushWanted, log.Options.FlushMs);
        if (!isWanted && flushMs == long.MaxValue)
            return true;
        lock (_lock)
        {
            var dueMs = ElapsedMs + Math.Min(flushMs, long.MaxValue / 2);
            if (_isStopping)
                return true;
            if (isWanted)
                RequestUnderLock(log, wait: null);
            else if (_due.TryAdd(log, dueMs))
                SetTimerUnderLock(dueMs);
        }

        return true;
    }

    private void RequestUnderLock(PartitionLog log, FlushWait? wait)
    {
        if (_requested.Count == 0)
            _wake.Release();
        ref var waiting = ref CollectionsMarshal.GetValueRefOrAddDefault(_requested, log, out _);
        if (wait is not null)
            (wait.Next, waiting) = (waiting, wait);
        _due.Remove(log);
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
                    RequestUnderLock(log, wait: null);
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
