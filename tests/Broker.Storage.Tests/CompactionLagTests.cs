using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

/// <summary>How long a record stays at least, and after how long it is compacted at last.</summary>
public sealed class CompactionLagTests
{
    private static readonly LogOptions Options = new() { CompactsSegments = true, DeletesOldSegments = false };

    [Fact]
    public void a_segment_with_a_record_younger_than_min_compaction_lag_ms_stays_and_so_does_all_behind_it()
    {
        using var scenario = new LogScenario(Options with { MinCompactionLagMs = 1000 });
        scenario.Put("a=1");
        scenario.Put("a=2");
        scenario.Seal(); // 2
        scenario.Time.Advance(TimeSpan.FromMilliseconds(500));
        scenario.Put("a=3");
        scenario.Seal(); // 4
        scenario.Append(KeyedLog.Keyed(scenario.NowMs - 10_000, "a=5"));
        scenario.Seal(); // 6

        Compact(scenario);
        Assert.Equal("0:a=1 1:a=2 2:seal=2 3:a=3 4:seal=4 5:a=5 6:seal=6", scenario.Log.Records());
        scenario.Time.Advance(TimeSpan.FromMilliseconds(500));
        Compact(scenario);
        Assert.Equal("1:a=2 2:seal=2 3:a=3 4:seal=4 5:a=5 6:seal=6", scenario.Log.Records());
        Assert.Equal((2, 2), (scenario.Log.DescribeCompaction().FirstDirtyOffset, scenario.Log.DescribeCompaction().EndOffset));
        scenario.Time.Advance(TimeSpan.FromMilliseconds(500));
        Compact(scenario);
        Assert.Equal("4:seal=4 5:a=5 6:seal=6", scenario.Log.Records());
    }

    [Fact]
    public void a_young_record_that_was_compacted_before_keeps_nothing_behind_it_from_it()
    {
        using var scenario = new LogScenario(Options with { SegmentBytes = 1 });
        scenario.Put("a=1");
        scenario.Append(KeyedLog.Keyed(scenario.NowMs - 5000, "a=2"));
        Compact(scenario);
        scenario.Log.Options = Options with { MinCompactionLagMs = 1000 };
        scenario.Append(KeyedLog.Keyed(scenario.NowMs - 5000, "a=3"));
        scenario.Log.Options = scenario.Log.Options with { SegmentBytes = 1 };
        scenario.Put("a=4");

        Assert.Equal((1, 3), (scenario.Log.DescribeCompaction().FirstDirtyOffset, scenario.Log.DescribeCompaction().EndOffset));
        Compact(scenario);

        Assert.Equal("2:a=3 3:a=4", scenario.Log.Records());
    }

    [Fact]
    public void a_record_older_than_max_compaction_lag_ms_is_due_however_little_is_dirty()
    {
        using var scenario = new LogScenario(Options with { MaxCompactionLagMs = 1000, MinCleanableDirtyRatio = 1 });
        scenario.Put("a=1");
        scenario.Put("a=2");
        scenario.Seal();

        scenario.Time.Advance(TimeSpan.FromMilliseconds(1000));
        Assert.Equal((false, 0), (scenario.Log.DescribeCompaction().IsDue, scenario.Log.DescribeCompaction().DelayMs));
        scenario.Time.Advance(TimeSpan.FromMilliseconds(7));
        Assert.Equal((true, 7), (scenario.Log.DescribeCompaction().IsDue, scenario.Log.DescribeCompaction().DelayMs));
        Compact(scenario);

        Assert.Equal("1:a=2 2:seal=2", scenario.Log.Records());
        Assert.Equal((false, 0), (scenario.Log.DescribeCompaction().IsDue, scenario.Log.DescribeCompaction().DelayMs));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void a_compacted_segment_ends_when_the_compaction_of_its_first_record_falls_due(bool compacts, int segments)
    {
        using var scenario = new LogScenario(Options with { CompactsSegments = compacts, MaxCompactionLagMs = 1000, SegmentMs = 5000 });
        scenario.Put("a=1");
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1000));
        scenario.Put("a=2");
        Assert.Equal(1, scenario.Log.SegmentCount);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1));

        scenario.Put("a=3");

        Assert.Equal(segments, scenario.Log.SegmentCount);
    }

    private static void Compact(LogScenario scenario)
    {
        if (scenario.Log.DescribeCompaction().DirtyBytes > 0)
            scenario.Log.Compact(KeyedLog.Buffer);
    }
}
