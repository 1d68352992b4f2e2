using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class CleanStopTests
{
    [Fact]
    public void reopening_after_a_clean_stop_reads_no_segment()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 1000, IndexIntervalBytes = 200 });
        for (var i = 0; i < 40; i++)
            scenario.Append();
        scenario.Append(LogScenario.ProducerBatch(producerId: 1, epoch: 0, sequence: 0));
        var before = LogScenario.Dump(scenario.Log);
        scenario.CleanStop();
        scenario.Disk.Forget();

        var log = scenario.Start();

        Assert.Equal(0, scenario.Disk.Count("read", SegmentNames.Log));
        Assert.Equal(before, LogScenario.Dump(log));
    }

    /// <summary>However much is in it: a batch of a megabyte here, one of ten gigabytes in a log of that size.</summary>
    [Fact]
    public void what_reopening_after_a_clean_stop_reads_does_not_depend_on_the_size_of_the_log()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 4_000_000 });
        for (var i = 0; i < 12; i++)
            scenario.Append(value: new string('x', 1_000_000));
        var segments = scenario.Log.SegmentCount;
        scenario.CleanStop();
        scenario.Disk.Forget();

        scenario.Start();

        var reads = scenario.Disk.Trace.Where(o => o.Name is "read").ToList();
        Assert.True(segments >= 4);
        Assert.True(reads.Sum(o => o.Bytes) < 1000, string.Join('\n', reads));
        Assert.Equal(3 * (segments - 1), scenario.Disk.Trace.Count(o => o.Name == "view"));
        Assert.DoesNotContain(scenario.Disk.Trace, o => o.Name is "write" or "flush");
    }

    /// <summary>Its indexes are read, which have 20 bytes for every index.interval.bytes of log, and nothing else.</summary>
    [Fact]
    public void reopening_many_segments_after_a_clean_stop_reads_a_bounded_number_of_bytes_of_each()
    {
        const int Segments = 300;
        const int Interval = 1000;
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 10_000, IndexIntervalBytes = Interval });
        for (var i = 0; scenario.Log.SegmentCount < Segments; i++)
            scenario.Append(LogScenario.ProducerBatch(producerId: 1 + (i % 3), epoch: 0, sequence: i / 3, count: 20, timestamp: 1_700_000_000_000 + i));
        var end = scenario.Log.LogEndOffset;
        scenario.CleanStop();
        scenario.Disk.Forget();

        scenario.Start();

        var bytes = scenario.Disk.Trace.Where(static o => o.Name is "read" or "view")
            .GroupBy(static o => o.Path, static (path, operations) => (Path: path, Bytes: operations.Sum(o => o.Bytes))).ToList();
        Assert.Equal(end, scenario.Log.LogEndOffset);
        Assert.DoesNotContain(bytes, static b => b.Path.EndsWith(SegmentNames.Log, StringComparison.Ordinal));
        var (index, time) = (OffsetIndex.EntrySize * ((10_000 / Interval) + 1), TimeIndex.EntrySize * ((10_000 / Interval) + 1));
        Assert.All(bytes, b => Assert.InRange(b.Bytes, 0, Path.GetExtension(b.Path) switch
        {
            SegmentNames.OffsetIndex => index,
            SegmentNames.TimeIndex => time,
            _ => 1000,
        }));
        Assert.InRange(bytes.Sum(static b => b.Bytes), 1, (Segments * (index + time)) + 2000);
    }

    [Fact]
    public void reopening_after_a_crash_reads_what_was_not_known_to_be_on_disk()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.CleanStop();
        scenario.Start();
        scenario.Append();
        var image = scenario.CrashImage();
        scenario.Disk.Forget();

        using var log = scenario.Open(image);

        Assert.NotEqual(0, scenario.Disk.Count("read", SegmentNames.Log));
        Assert.Equal(2, log.LogEndOffset);
    }

    [Fact]
    public void a_log_opened_and_not_changed_stays_clean_even_through_a_crash()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.Restart();
        var image = scenario.CrashImage();
        scenario.Disk.Forget();

        using var log = scenario.Open(image);

        Assert.Equal(0, scenario.Disk.Count("read", SegmentNames.Log));
        Assert.Equal(1, log.LogEndOffset);
    }

    [Fact]
    public void a_clean_mark_that_survived_later_appends_does_not_count()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.CleanStop();
        var mark = File.ReadAllBytes(Path.Combine(scenario.Directory, LogCheckpoint.FileName));
        scenario.Start();
        scenario.Append();
        var image = scenario.CrashImage();
        File.WriteAllBytes(Path.Combine(image, LogCheckpoint.FileName), mark);

        using var log = scenario.Open(image);

        Assert.Equal("0=v0 1=v0", LogScenario.Dump(log));
    }

    [Fact]
    public void appends_continue_where_the_log_ended()
    {
        using var scenario = new LogScenario(new LogOptions { IndexIntervalBytes = 100 });
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 7; i++)
                scenario.Append(timestamp: 1000 + (round * 7) + i);
            scenario.Restart();
        }

        Assert.Equal(35, scenario.Log.LogEndOffset);
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 35).Select(i => $"{i}=v0")), LogScenario.Dump(scenario.Log));
        Assert.Equal(33, scenario.Log.FindByTimestamp(1033)?.Offset);
    }

    [Fact]
    public void an_empty_log_reopens_empty()
    {
        using var scenario = new LogScenario();

        Assert.Equal((0, 0, 0), (scenario.Restart().LogStartOffset, scenario.Log.LogEndOffset, scenario.Log.SizeInBytes));
    }

    [Fact]
    public void a_clean_stop_that_the_disk_refuses_leaves_a_log_that_recovers()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.Disk.FailWrite(SegmentNames.OffsetIndex, 1, new IOException("EIO"));
        scenario.CleanStop();

        Assert.Equal("0=v0", LogScenario.Dump(scenario.Start()));
    }

    [Fact]
    public void a_closed_log_refuses_everything()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.CleanStop();

        Assert.Throws<ObjectDisposedException>(() => scenario.Append());
        Assert.Throws<ObjectDisposedException>(() => scenario.Log.Read(0, 1000, long.MaxValue, minOneBatch: true));
        Assert.Throws<ObjectDisposedException>(() => scenario.Log.FindByTimestamp(0));
        Assert.Throws<ObjectDisposedException>(scenario.Log.Flush);
        Assert.Throws<ObjectDisposedException>(() => scenario.Log.ApplyRetention());
        scenario.Log.Dispose();
    }
}
