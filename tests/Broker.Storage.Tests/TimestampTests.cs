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
