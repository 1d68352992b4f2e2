using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class RetentionTests
{
    private static readonly SegmentAge[] Segments =
    [
        new(0, 100, 1000), new(10, 100, 2000), new(20, 100, 3000), new(30, 50, 4000),
    ];

    [Theory]
    [InlineData(1000, 2000, 0)]
    [InlineData(1000, 2001, 1)]
    [InlineData(1000, 4001, 3)]
    [InlineData(1000, 9999, 4)]
    [InlineData(-1, long.MaxValue, 0)]
    public void segments_whose_newest_record_is_older_than_retention_ms_go(long retentionMs, long nowMs, int expected) =>
        Assert.Equal(expected, RetentionPolicy.SegmentsToDrop(Segments, new LogOptions { RetentionMs = retentionMs }, 0, nowMs));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(350, 0)]
    [InlineData(251, 0)]
    [InlineData(250, 1)]
    [InlineData(149, 2)]
    [InlineData(50, 3)]
    [InlineData(0, 4)]
    public void segments_go_while_what_remains_still_fills_retention_bytes(long retentionBytes, int expected) =>
        Assert.Equal(expected, RetentionPolicy.SegmentsToDrop(Segments, new LogOptions { RetentionBytes = retentionBytes, RetentionMs = -1 }, 0, 0));

    [Theory]
    [InlineData(9, 0)]
    [InlineData(10, 1)]
    [InlineData(29, 2)]
    [InlineData(35, 3)]
    [InlineData(99, 3)]
    public void segments_wholly_below_the_log_start_go_whatever_the_settings(long logStartOffset, int expected) =>
        Assert.Equal(expected, RetentionPolicy.SegmentsToDrop(Segments, new LogOptions { DeletesOldSegments = false }, logStartOffset, long.MaxValue));

    [Fact]
    public void one_young_segment_protects_the_older_ones_behind_it()
    {
        SegmentAge[] segments = [new(0, 100, 9000), new(10, 100, 1000), new(20, 100, 9500)];

        Assert.Equal(0, RetentionPolicy.SegmentsToDrop(segments, new LogOptions { RetentionMs = 1000 }, 0, 9999));
    }

    [Fact]
    public void an_empty_active_segment_stays() =>
        Assert.Equal(0, RetentionPolicy.SegmentsToDrop([new(0, 0, 0)], new LogOptions { RetentionMs = 0, RetentionBytes = 0 }, 0, long.MaxValue));

    [Fact]
    public void applied_to_a_log_it_deletes_files_and_moves_the_start()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 200, RetentionMs = 1000 });
        for (var i = 0; i < 6; i++)
        {
            scenario.Append();
            scenario.Time.Advance(TimeSpan.FromMilliseconds(300));
        }

        Assert.Equal(6, scenario.Files(SegmentNames.Log).Length + 3);
        Assert.Equal(1, scenario.Log.ApplyRetention());

        Assert.Equal(2, scenario.Log.LogStartOffset);
        Assert.Equal("2=v0 3=v0 4=v0 5=v0", LogScenario.Dump(scenario.Log));
        Assert.Throws<OffsetOutOfRangeException>(() => scenario.Log.Read(1, 1000, long.MaxValue, minOneBatch: true));
        Assert.Equal(2, scenario.Files(SegmentNames.Log).Length);
        Assert.Equal(2, scenario.Restart().LogStartOffset);
    }

    [Fact]
    public void when_everything_is_too_old_an_empty_segment_takes_over_at_the_end()
    {
        using var scenario = new LogScenario(new LogOptions { RetentionMs = 1000 });
        scenario.Append(count: 5);
        scenario.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1, scenario.Log.ApplyRetention());
        Assert.Equal((5, 5, 0), (scenario.Log.LogStartOffset, scenario.Log.LogEndOffset, scenario.Log.SizeInBytes));
        Assert.Equal(5, scenario.Append().BaseOffset);
        Assert.Equal("5=v0", LogScenario.Dump(scenario.Restart()));
    }

    [Fact]
    public void records_without_timestamps_age_by_their_file()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 80, RetentionMs = 1000 });
        scenario.Append(timestamp: -1);
        scenario.Append(timestamp: -1);
        File.SetLastWriteTimeUtc(scenario.Files(SegmentNames.Log)[0], scenario.Time.GetUtcNow().UtcDateTime.AddSeconds(-2));
        File.SetLastWriteTimeUtc(scenario.Files(SegmentNames.Log)[1], scenario.Time.GetUtcNow().UtcDateTime);

        Assert.Equal(1, scenario.Log.ApplyRetention());
    }

    [Fact]
    public void a_slice_being_sent_outlives_its_segment()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 80, RetentionBytes = 0, RetentionMs = -1 });
        var batch = scenario.Batch();
        scenario.Append(batch);
        scenario.Append();
        using var slice = scenario.Log.Read(0, 1000, long.MaxValue, minOneBatch: true)!;

        scenario.Log.ApplyRetention();

        Assert.Equal(2, scenario.Log.LogStartOffset);
        var bytes = new byte[slice.Length];
        slice.CopyTo(bytes);
        Assert.Equal(batch, bytes);
        Assert.False(slice.Handle!.IsClosed);
    }

    [Fact]
    public void the_last_slice_to_go_closes_the_file()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        var slice = scenario.Log.Read(0, 1000, long.MaxValue, minOneBatch: true)!;
        var handle = slice.Handle!;
        scenario.CleanStop();
        Assert.False(handle.IsClosed);

        slice.Dispose();

        Assert.True(handle.IsClosed);
    }
}
