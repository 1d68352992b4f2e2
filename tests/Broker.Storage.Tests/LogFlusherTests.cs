using Broker.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Storage.Tests;

public sealed class LogFlusherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task all_who_wait_for_one_log_share_one_fsync()
    {
        using var scenario = new LogScenario();
        await using var flusher = new LogFlusher(scenario.Time, NullLogger.Instance);
        using var entered = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        scenario.Disk.BeforeFlush = () =>
        {
            entered.Release();
            Assert.True(goOn.Wait(Patience));
        };
        scenario.Append();
        scenario.Disk.Forget();

        var first = flusher.FlushAsync(scenario.Log, 1);
        Assert.True(await entered.WaitAsync(Patience));
        var waiting = new List<Task>();
        for (var i = 0; i < 50; i++)
            waiting.Add(flusher.FlushAsync(scenario.Log, scenario.Append().LastOffset + 1));
        goOn.Release();
        await first.WaitAsync(Patience);
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        goOn.Release();
        await Task.WhenAll(waiting).WaitAsync(Patience);

        Assert.Equal(2, scenario.Disk.Count("flush", SegmentNames.Log));
        Assert.Equal(51, scenario.Log.FlushedOffset);
    }

    [Fact]
    public async Task one_round_serves_several_logs()
    {
        using var a = new LogScenario();
        using var b = new LogScenario();
        await using var flusher = new LogFlusher(a.Time, NullLogger.Instance);
        a.Append();
        b.Append();

        await Task.WhenAll(flusher.FlushAsync(a.Log, 1), flusher.FlushAsync(b.Log, 1)).WaitAsync(Patience);

        Assert.Equal((1, 1), (a.Log.FlushedOffset, b.Log.FlushedOffset));
    }

    [Fact]
    public async Task what_is_on_disk_already_needs_no_fsync()
    {
        using var scenario = new LogScenario();
        await using var flusher = new LogFlusher(scenario.Time, NullLogger.Instance);
        scenario.Append();
        scenario.Log.Flush();

        Assert.True(flusher.FlushAsync(scenario.Log, 1).IsCompletedSuccessfully);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = flusher.FlushAsync(scenario.Log, 2); });
    }

    [Fact]
    public async Task a_failed_fsync_fails_those_who_wait_for_that_log_and_nobody_else()
    {
        using var broken = new LogScenario();
        using var sound = new LogScenario();
        await using var flusher = new LogFlusher(broken.Time, NullLogger.Instance);
        broken.Append();
        sound.Append();
        broken.Disk.FailFlush(SegmentNames.Log, 1, new IOException("EIO"));

        var lost = flusher.FlushAsync(broken.Log, 1);
        await flusher.FlushAsync(sound.Log, 1).WaitAsync(Patience);

        await Assert.ThrowsAsync<LogReadOnlyException>(() => lost.WaitAsync(Patience));
        await Assert.ThrowsAsync<LogReadOnlyException>(() => flusher.FlushAsync(broken.Log, 1).WaitAsync(Patience));
    }

    [Fact]
    public async Task flush_messages_holds_back_the_append_that_fills_the_measure()
    {
        using var scenario = new LogScenario(new LogOptions { FlushMessages = 3 });
        await using var flusher = new LogFlusher(scenario.Time, NullLogger.Instance);
        scenario.Append(count: 2);
        Assert.True(flusher.AppendedAsync(scenario.Log).IsCompletedSuccessfully);
        Assert.Equal(0, scenario.Log.FlushedOffset);

        scenario.Append();
        await flusher.AppendedAsync(scenario.Log).WaitAsync(Patience);

        Assert.Equal(3, scenario.Log.FlushedOffset);
    }

    [Fact]
    public async Task flush_ms_brings_records_to_disk_in_time_without_holding_anybody_back()
    {
        using var scenario = new LogScenario(new LogOptions { FlushMs = 100 });
        await using var flusher = new LogFlusher(scenario.Time, NullLogger.Instance);
        using var flushing = new SemaphoreSlim(0);
        scenario.Disk.BeforeFlush = () => flushing.Release();
        scenario.Append();

        Assert.True(flusher.AppendedAsync(scenario.Log).IsCompletedSuccessfully);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(0, scenario.Log.FlushedOffset);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await flushing.WaitAsync(Patience));
        scenario.Append();
        Assert.True(flusher.AppendedAsync(scenario.Log).IsCompletedSuccessfully);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(await flushing.WaitAsync(Patience));
    }

    [Fact]
    public async Task flush_ms_keeps_running_when_it_falls_due_beside_a_pending_request()
    {
        using var blocker = new LogScenario();
        using var scenario = new LogScenario(new LogOptions { FlushMs = 100 });
        await using var flusher = new LogFlusher(scenario.Time, NullLogger.Instance);
        using var entered = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        blocker.Disk.BeforeFlush = () =>
        {
            entered.Release();
            Assert.True(goOn.Wait(Patience));
        };
        blocker.Append();
        var blocked = flusher.FlushAsync(blocker.Log, 1);
        Assert.True(await entered.WaitAsync(Patience));
        scenario.Append();
        var pending = flusher.FlushAsync(scenario.Log, 1);
        await flusher.AppendedAsync(scenario.Log);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(100));
        goOn.Release();
        await Task.WhenAll(blocked, pending).WaitAsync(Patience);

        using var flushing = new SemaphoreSlim(0);
        scenario.Disk.BeforeFlush = () => flushing.Release();
        scenario.Append();
        await flusher.AppendedAsync(scenario.Log);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.True(await flushing.WaitAsync(Patience));
    }

    [Fact]
    public async Task flush_ms_of_ages_is_as_good_as_none()
    {
        using var scenario = new LogScenario(new LogOptions { FlushMs = long.MaxValue - 1 });
        using var other = new LogScenario();
        await using var flusher = new LogFlusher(scenario.Time, NullLogger.Instance);
        scenario.Append();
        other.Append();

        await flusher.AppendedAsync(scenario.Log);
        scenario.Time.Advance(TimeSpan.FromDays(100));
        await flusher.FlushAsync(other.Log, 1).WaitAsync(Patience);

        Assert.Equal(0, scenario.Log.FlushedOffset);
    }

    [Fact]
    public async Task stopping_serves_who_waits_and_refuses_who_comes_later()
    {
        using var scenario = new LogScenario();
        var flusher = new LogFlusher(scenario.Time, NullLogger.Instance);
        scenario.Append();
        var waiting = flusher.FlushAsync(scenario.Log, 1);

        await flusher.DisposeAsync();

        Assert.True(waiting.IsCompletedSuccessfully);
        scenario.Append();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => flusher.FlushAsync(scenario.Log, 2));
    }

    [Fact]
    public async Task a_log_that_was_closed_meanwhile_fails_its_waiters()
    {
        using var scenario = new LogScenario();
        await using var flusher = new LogFlusher(scenario.Time, NullLogger.Instance);
        using var other = new LogScenario();
        using var entered = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        other.Disk.BeforeFlush = () =>
        {
            entered.Release();
            Assert.True(goOn.Wait(Patience));
        };
        other.Append();
        var first = flusher.FlushAsync(other.Log, 1);
        Assert.True(await entered.WaitAsync(Patience));
        scenario.Append();
        var waiting = flusher.FlushAsync(scenario.Log, 1);
        scenario.Log.Delete();
        goOn.Release(2);
        await first.WaitAsync(Patience);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(Patience));
    }
}
