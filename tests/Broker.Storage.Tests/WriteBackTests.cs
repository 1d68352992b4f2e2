using Broker.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Storage.Tests;

/// <summary>What is done so that a roll finds little to bring to disk, and holds up nobody while it does.</summary>
public sealed class WriteBackTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void the_disk_begins_to_write_long_before_a_segment_is_full()
    {
        using var scenario = new LogScenario();
        var batch = scenario.Batch(value: new string('x', 3_000_000));
        for (var i = 0; i < 9; i++)
            scenario.Append(batch);

        var begun = scenario.Disk.Trace.Where(static o => o.Name == "write-back").ToList();

        Assert.Equal(3, scenario.Log.SizeInBytes / ActiveSegment.WriteBackBytes);
        Assert.Equal([ActiveSegment.WriteBackBytes, ActiveSegment.WriteBackBytes, ActiveSegment.WriteBackBytes], begun.Select(static o => (int)o.Bytes));
        Assert.All(begun, static o => Assert.Equal(SegmentNames.Log, o.Suffix));
    }

    [Fact]
    public async Task much_that_nobody_waits_for_is_brought_to_disk_all_the_same()
    {
        using var scenario = new LogScenario();
        await using var flusher = new LogFlusher(scenario.Time, NullLogger.Instance);
        using var flushing = new SemaphoreSlim(0);
        scenario.Disk.BeforeFlush = () => flushing.Release();
        var batch = scenario.Batch(value: new string('x', 8_000_000));

        for (var i = 1; i <= 18; i++)
        {
            scenario.Append(batch);
            Assert.True(flusher.AppendedAsync(scenario.Log).IsCompletedSuccessfully);
            if (i % 9 == 0)
                Assert.True(await flushing.WaitAsync(Patience));
        }

        Assert.Equal((8, 9), (LogAppender.MaxUnflushedBytes / batch.Length, (LogAppender.MaxUnflushedBytes + batch.Length - 1) / batch.Length));
        Assert.Equal(0, flushing.CurrentCount);
    }

    [Fact]
    public void appends_that_still_fit_go_on_while_a_full_segment_is_brought_to_disk()
    {
        using var scenario = new LogScenario();
        var large = scenario.Batch(value: new string('x', 1000));
        scenario.Log.Options = new LogOptions { SegmentBytes = large.Length + 500 };
        scenario.Append(large);
        using var appended = new SemaphoreSlim(0);
        scenario.Disk.BeforeFlush = () =>
        {
            scenario.Disk.BeforeFlush = null;
            _ = Task.Run(() =>
            {
                scenario.Append(value: "small");
                appended.Release();
            });
            Assert.True(appended.Wait(Patience));
        };

        Assert.Equal(2, scenario.Append(large).BaseOffset);

        Assert.Equal((2, 2), (scenario.Log.SegmentCount, scenario.Log.FlushedOffset));
        // What came during the first fsync is brought by the second, before the next segment exists.
        Assert.Equal(
            ["write 0", "write 0", "flush 0", "flush 0", "create 2", "write 2"],
            scenario.Disk.Trace.SkipWhile(static o => o.Name != "write").Where(static o => o.Suffix == SegmentNames.Log).Select(static o => $"{o.Name} {int.Parse(Path.GetFileNameWithoutExtension(o.Path))}"));
    }
}
