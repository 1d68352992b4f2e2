using System.Buffers.Binary;
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

    /// <summary>So that a thousand partitions that were begun together do not roll together.</summary>
    [Theory]
    [InlineData(5_000, 5_000)]
    [InlineData(long.MaxValue, 0)]
    public void a_segment_ends_earlier_by_a_random_part_of_segment_jitter_ms(long jitterMs, long leastMs)
    {
        using var scenario = new LogScenario(new LogOptions { SegmentMs = 10_000, SegmentJitterMs = jitterMs });
        var spans = new List<long>();
        var (first, time) = (0L, 0L);
        scenario.Append(timestamp: first);
        while (spans.Count < 30)
        {
            var segments = scenario.Log.SegmentCount;
            scenario.Append(timestamp: time += 50);
            if (scenario.Log.SegmentCount == segments)
                continue;
            spans.Add(time - first);
            first = time;
        }

        Assert.All(spans, span => Assert.InRange(span, leastMs + 1, 10_050));
        Assert.True(spans.Distinct().Count() > 5, string.Join(' ', spans));
    }

    [Fact]
    public void a_segment_ends_before_its_offsets_outgrow_31_bits()
    {
        using var scenario = new LogScenario(new LogOptions { IndexIntervalBytes = 0 });
        scenario.Append(Wide(scenario, int.MaxValue));
        Assert.Equal(int.MaxValue, scenario.Append(value: "last").BaseOffset);
        Assert.Equal(1, scenario.Log.SegmentCount);

        Assert.Equal(1L << 31, scenario.Append(value: "next").BaseOffset);
        scenario.Append(Wide(scenario, 1L << 31));

        string[] names = ["00000000000000000000.log", "00000000002147483648.log", "00000000002147483649.log"];
        Assert.Equal(names, Names(scenario, SegmentNames.Log));
        AssertReadable(scenario.Log);
        using (var crashed = scenario.Open(scenario.CrashImage()))
            AssertReadable(crashed);
        AssertReadable(scenario.Restart());
        Assert.Equal((1L << 32) + 1, scenario.Append().BaseOffset);
        Assert.Equal(4, scenario.Log.SegmentCount);

        void AssertReadable(PartitionLog log)
        {
            Assert.Equal("0=v0 2147483647=last0 2147483648=next0 2147483649=v0", LogScenario.Dump(log));
            Assert.Equal(0, log.HeaderAt(int.MaxValue - 1).BaseOffset);
            Assert.Equal((1L << 31) + 1, log.HeaderAt(1L << 32).BaseOffset);
            Assert.Equal((1L << 32) + 1, log.LogEndOffset);
        }
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

    /// <summary>A record that takes this many offsets, as a batch does that compaction has thinned out.</summary>
    private static byte[] Wide(LogScenario scenario, long offsets)
    {
        var batch = scenario.Batch();
        Assert.True(RecordBatchHeader.TryRead(batch, out var header));
        (header with { LastOffsetDelta = (int)(offsets - 1) }).Write(batch);
        BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(17), Crc32C.Compute(batch.AsSpan(RecordBatchHeader.ChecksumStart)));
        return batch;
    }

    private static string[] Names(LogScenario scenario, string suffix) => [.. scenario.Files(suffix).Select(Path.GetFileName)!];
}
