using Broker.Records;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class RollingTests
{
    [Fact]
    public void a_segment_ends_before_it_would_outgrow_segment_bytes()
    {
        using var scenario = new LogScenario();
        var size = scenario.Batch().Length;
        scenario.Log.Options = new LogOptions { SegmentBytes = size * 3 };
        for (var i = 0; i < 7; i++)
            scenario.Append();

        Assert.Equal(["00000000000000000000.log", "00000000000000000003.log", "00000000000000000006.log"], Names(scenario, SegmentNames.Log));
        Assert.Equal(7 * size, scenario.Log.SizeInBytes);
        Assert.Equal("0=v0 1=v0 2=v0 3=v0 4=v0 5=v0 6=v0", LogScenario.Dump(scenario.Log));
    }

    [Fact]
    public void a_batch_larger_than_segment_bytes_has_a_segment_for_itself()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 100 });
        scenario.Append(count: 50);
        scenario.Append(count: 50);

        Assert.Equal(2, scenario.Log.SegmentCount);
    }

    [Fact]
    public void a_segment_ends_when_its_records_span_more_than_segment_ms()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentMs = 1000 });
        scenario.Append(timestamp: 5000);
        scenario.Append(timestamp: 6000);
        Assert.Equal(1, scenario.Log.SegmentCount);

        scenario.Append(timestamp: 6001);

        Assert.Equal(2, scenario.Log.SegmentCount);
    }

    [Fact]
    public void the_span_counts_on_after_a_clean_restart()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentMs = 1000 });
        scenario.Append(timestamp: 5000);
        scenario.Restart();

        scenario.Append(timestamp: 6001);

        Assert.Equal(2, scenario.Log.SegmentCount);
    }

    [Fact]
    public void records_without_timestamps_age_by_the_clock()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentMs = 1000 });
        scenario.Append(timestamp: -1);
        scenario.Time.Advance(TimeSpan.FromMilliseconds(1001));

        scenario.Append(timestamp: -1);

        Assert.Equal(2, scenario.Log.SegmentCount);
    }

    [Fact]
    public void a_segment_ends_when_its_index_is_full()
    {
        using var scenario = new LogScenario(new LogOptions { IndexIntervalBytes = 0, SegmentIndexBytes = 3 * OffsetIndex.EntrySize });
        for (var i = 0; i < 9; i++)
            scenario.Append();

        Assert.Equal(3, scenario.Log.SegmentCount);
    }

    [Fact]
    public void what_was_rolled_is_on_disk_with_its_indexes()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 500, IndexIntervalBytes = 100 });
        scenario.Disk.Forget();
        while (scenario.Log.SegmentCount == 1)
            scenario.Append();

        Assert.Equal(scenario.Log.LogEndOffset - 1, scenario.Log.FlushedOffset);
        Assert.Equal(1, scenario.Disk.Count("flush", SegmentNames.Log));
        Assert.Equal(1, scenario.Disk.Count("flush", SegmentNames.OffsetIndex));
        Assert.Equal(1, scenario.Disk.Count("flush", SegmentNames.TimeIndex));
    }

    [Fact]
    public void the_offset_index_names_last_offset_and_position_of_a_batch_per_interval()
    {
        using var scenario = new LogScenario();
        var size = scenario.Batch(2).Length;
        scenario.Log.Options = new LogOptions { IndexIntervalBytes = size };
        for (var i = 0; i < 5; i++)
            scenario.Append(count: 2);
        scenario.CleanStop();

        var entries = File.ReadAllBytes(scenario.Files(SegmentNames.OffsetIndex)[0]);

        Assert.Equal(2, OffsetIndex.Count(entries));
        Assert.Equal((5, 2 * size), OffsetIndex.At(entries, 0));
        Assert.Equal((9, 4 * size), OffsetIndex.At(entries, 1));
    }

    [Fact]
    public void the_time_index_ends_with_the_largest_timestamp()
    {
        using var scenario = new LogScenario();
        foreach (var timestamp in (long[])[10, 30, 20, 30])
            scenario.Append(timestamp: timestamp);
        scenario.CleanStop();

        var entries = File.ReadAllBytes(scenario.Files(SegmentNames.TimeIndex)[0]);

        Assert.Equal(1, TimeIndex.Count(entries));
        Assert.Equal((30, 1), TimeIndex.At(entries, 0));
    }

    [Fact]
    public void an_index_built_by_appending_equals_one_built_by_recovery()
    {
        using var scenario = new LogScenario(new LogOptions { IndexIntervalBytes = 300 });
        for (var i = 0; i < 60; i++)
            scenario.Append(count: (i % 5) + 1, timestamp: 1000 + (i * 7919 % 100));
        var image = scenario.CrashImage();
        scenario.CleanStop();

        scenario.Open(image).Dispose();

        Assert.Equal(File.ReadAllBytes(scenario.Files(SegmentNames.OffsetIndex)[0]), File.ReadAllBytes(Path.Combine(image, "00000000000000000000.index")));
        Assert.Equal(File.ReadAllBytes(scenario.Files(SegmentNames.TimeIndex)[0]), File.ReadAllBytes(Path.Combine(image, "00000000000000000000.timeindex")));
    }

    [Fact]
    public void log_append_time_decides_over_the_producers_timestamps()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentMs = 1000, MessageTimestampType = TimestampType.LogAppendTime });
        scenario.Append(timestamp: 0);
        scenario.Append(timestamp: 1_000_000);

        Assert.Equal(1, scenario.Log.SegmentCount);
    }

    private static string[] Names(LogScenario scenario, string suffix) => [.. scenario.Files(suffix).Select(Path.GetFileName)!];
}
