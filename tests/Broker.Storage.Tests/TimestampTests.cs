using Broker.Records;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class TimestampTests
{
    [Fact]
    public void the_first_record_at_least_as_new_is_found_in_any_segment()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 1000, IndexIntervalBytes = 100, SegmentMs = long.MaxValue });
        for (var i = 0; i < 100; i++)
            scenario.Append(timestamp: 1000 + (i * 10));

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(i, scenario.Log.FindByTimestamp(1000 + (i * 10))?.Offset);
            Assert.Equal(i, scenario.Log.FindByTimestamp(1000 + (i * 10) - 9)?.Offset);
        }

        Assert.Equal(new OffsetAndTimestamp(0, 1000, LogScenario.Epoch), scenario.Log.FindByTimestamp(0));
        Assert.Null(scenario.Log.FindByTimestamp(1991));
    }

    [Fact]
    public void timestamps_out_of_order_give_the_same_as_a_search_from_the_front()
    {
        var random = new Random(7);
        var timestamps = Enumerable.Range(0, 300).Select(_ => random.NextInt64(1000, 1100)).ToArray();
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 2000, IndexIntervalBytes = 150 });
        foreach (var timestamp in timestamps)
            scenario.Append(timestamp: timestamp);
        scenario.Restart();

        for (var target = 995L; target < 1105; target++)
        {
            var expected = Array.FindIndex(timestamps, t => t >= target);
            Assert.Equal(expected, scenario.Log.FindByTimestamp(target)?.Offset ?? -1);
        }

        Assert.Equal(Array.IndexOf(timestamps, timestamps.Max()), scenario.Log.MaxTimestamp()?.Offset);
    }

    [Fact]
    public void that_holds_when_the_log_starts_in_the_middle_of_a_segment_and_old_ones_are_gone()
    {
        var random = new Random(8);
        var timestamps = Enumerable.Range(0, 200).Select(_ => random.NextInt64(1000, 1100)).ToArray();
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 500, IndexIntervalBytes = 150 });
        foreach (var timestamp in timestamps)
            scenario.Append(timestamp: timestamp);

        for (var start = 0; start < 200; start += 3)
        {
            scenario.Log.DeleteRecordsBefore(start);
            for (var target = 995L; target < 1105; target += 5)
            {
                var expected = Array.FindIndex(timestamps, start, t => t >= target);
                Assert.Equal(expected, scenario.Log.FindByTimestamp(target)?.Offset ?? -1);
            }
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(400)]
    public void a_search_looks_at_one_segment_however_many_there_are(int segments)
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 250, IndexIntervalBytes = 50, SegmentMs = long.MaxValue });
        while (scenario.Log.SegmentCount < segments)
            scenario.Append(timestamp: 1000 + scenario.Log.LogEndOffset);
        var end = scenario.Log.LogEndOffset;
        scenario.Restart();
        foreach (var target in (long[])[1000, 1000 + (end / 2), 1000 + end - 1, 1000 + end])
        {
            scenario.Disk.Forget();

            Assert.Equal(target < 1000 + end ? target - 1000 : null, scenario.Log.FindByTimestamp(target)?.Offset);

            Assert.InRange(scenario.Disk.Trace.Count, 0, 7);
            Assert.InRange(scenario.Disk.Trace.Select(o => Path.GetFileNameWithoutExtension(o.Path)).Distinct().Count(), 0, 1);
        }

        scenario.Disk.Forget();
        Assert.Equal(end - 1, scenario.Log.MaxTimestamp()?.Offset);
        Assert.InRange(scenario.Disk.Trace.Count, 0, 7);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void the_record_is_found_inside_its_batch(CompressionType compression)
    {
        using var scenario = new LogScenario();
        var builder = new RecordBatchBuilder(compression);
        foreach (var timestamp in (long[])[10, 40, 20, 40])
            builder.Add(timestamp, null, []);
        scenario.Append(builder.Build());

        Assert.Equal(1, scenario.Log.FindByTimestamp(11)?.Offset);
        Assert.Equal(new OffsetAndTimestamp(1, 40, LogScenario.Epoch), scenario.Log.MaxTimestamp());
    }

    [Fact]
    public void records_below_the_log_start_are_not_found()
    {
        using var scenario = new LogScenario();
        foreach (var timestamp in (long[])[50, 10, 20])
            scenario.Append(timestamp: timestamp);
        scenario.Log.DeleteRecordsBefore(1);

        Assert.Equal(1, scenario.Log.FindByTimestamp(5)?.Offset);
        Assert.Null(scenario.Log.FindByTimestamp(30));
    }

    [Fact]
    public void a_log_without_timestamps_has_no_largest_one()
    {
        using var scenario = new LogScenario();
        Assert.Null(scenario.Log.MaxTimestamp());

        scenario.Append(timestamp: -1);

        Assert.Null(scenario.Log.MaxTimestamp());
        Assert.Null(scenario.Log.FindByTimestamp(0));
    }
}
