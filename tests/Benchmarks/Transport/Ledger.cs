using System.Diagnostics;
using HdrHistogram;

namespace Benchmarks.Transport;

/// <summary>
/// The messages of one run. Each has to be handled, and once: a lost or doubled one, or one of a run that is over, makes the run void. A
/// closed ledger holds its consumers up until it is opened.
/// </summary>
internal sealed class Ledger(int count, bool isClosed = false)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static int _runs;

    private readonly int _run = Interlocked.Increment(ref _runs);
    private readonly int[] _seen = new int[count];
    private readonly SemaphoreSlim _arrivals = new(0);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource? _opened = isClosed ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
    private int _handled;

    /// <summary>From when a message was due until it was handled, of those that had a time to be due.</summary>
    public LongConcurrentHistogram Latency { get; } = new(1, TimeSpan.FromMinutes(2).Ticks, 3);

    public Sample Message(int number, long due = 0) => new(_run, number, due, Sample.Padding);

    public async Task TakeAsync(Sample message)
    {
        Begin();
        if (_opened is not null)
            await _opened.Task;
        if (message.Run != _run)
            _all.TrySetException(new VoidRunException($"a message of run {message.Run} came in run {_run}"));
        else if (Interlocked.Increment(ref _seen[message.Number]) > 1)
            _all.TrySetException(new VoidRunException($"message {message.Number} came twice"));
        else
            Count(message.Due);
    }

    /// <summary>The first message is being handled, which need not be one that is counted.</summary>
    public void Begin() => _first.TrySetResult();

    public void Open() => _opened?.TrySetResult();

    public Task FirstAsync() => WithinPatienceAsync(_first.Task);

    /// <summary>Waits for one more message to be handled.</summary>
    public Task NextAsync() => WithinPatienceAsync(_arrivals.WaitAsync());

    public Task AllAsync() => WithinPatienceAsync(_all.Task);

    private void Count(long due)
    {
        if (due > 0)
            Latency.RecordValue(Stopwatch.GetElapsedTime(due).Ticks);
        if (Interlocked.Increment(ref _handled) == count)
            _all.TrySetResult();
        _arrivals.Release();
    }

    private async Task WithinPatienceAsync(Task task)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new VoidRunException($"{_handled} of {count} messages had come when nothing had for a while");
        }
    }
}
