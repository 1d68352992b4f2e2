using Broker.Records;
using Broker.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Storage.Tests;

/// <summary>Somebody sets the clock while the log is in use.</summary>
public sealed class ClockStepTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public async Task flush_ms_is_honoured_whatever_the_clock_says(int hours)
    {
        using var scenario = new LogScenario(new LogOptions { FlushMs = 100 });
        await using var flusher = new LogFlusher(scenario.Clock, NullLogger.Instance);
        using var flushing = new SemaphoreSlim(0);
        scenario.Disk.BeforeFlush = () => flushing.Release();
        scenario.Append();
        await flusher.AppendedAsync(scenario.Log);

        scenario.Clock.Set(TimeSpan.FromHours(hours));
        scenario.Time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(0, flushing.CurrentCount);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await flushing.WaitAsync(Patience));
    }

    [Fact]
    public void a_clock_set_back_deletes_nothing_early_and_delays_deletion_by_no_more_than_the_step()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 80, RetentionMs = 10_000 });
        scenario.Append(value: "before");
        scenario.Clock.Set(-TimeSpan.FromSeconds(60));
        scenario.Append(value: "behind");
        scenario.Append(value: "active");

        scenario.Time.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal(0, scenario.Log.ApplyRetention());
        Assert.Equal("0=before0 1=behind0 2=active0", LogScenario.Dump(scenario.Log));
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(3, scenario.Log.ApplyRetention());
        Assert.Equal((3, 3), (scenario.Log.LogStartOffset, scenario.Log.LogEndOffset));
    }

    [Fact]
    public void a_clock_set_forward_and_back_between_two_rounds_deletes_nothing()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 80, RetentionMs = 10_000 });
        scenario.Append(value: "one");
        scenario.Clock.Set(Year);
        scenario.Append(value: "two");
        scenario.Clock.Set(-Year);
        scenario.Append(value: "three");

        Assert.Equal(0, scenario.Log.ApplyRetention());
        Assert.Equal("0=one0 1=two0 2=three0", LogScenario.Dump(scenario.Log));
        Assert.Equal("0=one0 1=two0 2=three0", LogScenario.Dump(scenario.Restart()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void a_clock_set_back_delays_a_roll_by_no_more_than_segment_ms(bool hasTimestamps)
    {
        using var scenario = new LogScenario(new LogOptions { SegmentMs = 1000 });
        Append(scenario, hasTimestamps);
        scenario.Clock.Set(-Year);

        scenario.Time.Advance(TimeSpan.FromMilliseconds(1000));
        Append(scenario, hasTimestamps);
        Assert.Equal(1, scenario.Log.SegmentCount);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1));
        Append(scenario, hasTimestamps);

        Assert.Equal(2, scenario.Log.SegmentCount);
        Assert.Equal("0=v0 1=v0 2=v0", LogScenario.Dump(scenario.Log));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void a_clock_set_forward_rolls_once_and_only_for_what_the_records_say(bool hasTimestamps, int segments)
    {
        using var scenario = new LogScenario(new LogOptions { SegmentMs = 1000 });
        Append(scenario, hasTimestamps);
        scenario.Clock.Set(Year);

        Append(scenario, hasTimestamps);
        Append(scenario, hasTimestamps);

        Assert.Equal(segments, scenario.Log.SegmentCount);
        Assert.Equal("0=v0 1=v0 2=v0", LogScenario.Dump(scenario.Log));
    }

    [Fact]
    public void log_append_times_that_go_back_are_stored_and_found()
    {
        using var scenario = new LogScenario(new LogOptions { MessageTimestampType = TimestampType.LogAppendTime, SegmentBytes = 160 });
        var began = scenario.NowMs;
        for (var i = 0; i < 6; i++)
        {
            scenario.Append();
            scenario.Clock.Set(i % 2 == 0 ? -TimeSpan.FromMinutes(10) : TimeSpan.FromMinutes(1));
        }

        // began, -10 min, -9 min, -19 min, -18 min, -28 min
        Assert.Equal(0, scenario.Log.FindByTimestamp(began - 1)?.Offset);
        Assert.Equal(new OffsetAndTimestamp(0, began, LogScenario.Epoch), scenario.Log.MaxTimestamp());
        scenario.Log.DeleteRecordsBefore(1);
        Assert.Equal(2, scenario.Log.FindByTimestamp(began - 540_000)?.Offset);
        Assert.Null(scenario.Log.FindByTimestamp(began - 539_999));
    }

    [Fact]
    public void a_clock_set_back_forgets_no_producer_early_and_keeps_none_for_longer_than_it_was_silent()
    {
        using var scenario = new LogScenario(new LogOptions { RetentionMs = -1, ProducerIdExpirationMs = 10_000 });
        scenario.Append(LogScenario.ProducerBatch(1, 0, 0, timestamp: 0));
        scenario.Clock.Set(-Year);

        scenario.Log.ApplyRetention();
        scenario.Time.Advance(TimeSpan.FromMilliseconds(9_999));
        scenario.Log.ApplyRetention();
        Assert.Single(scenario.Log.ActiveProducers());
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1));
        scenario.Log.ApplyRetention();
        Assert.Empty(scenario.Log.ActiveProducers());
    }

    private static void Append(LogScenario scenario, bool hasTimestamps) => scenario.Append(timestamp: hasTimestamps ? scenario.NowMs : -1);
}
