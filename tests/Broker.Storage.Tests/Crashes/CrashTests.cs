using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests.Crashes;

/// <summary>One operation after the other, and the power fails at each of its steps.</summary>
public sealed class CrashTests
{
    private const int Torn = 3;

    private readonly LogBatches _batches = new(new Random(1));

    [Fact]
    public void appending_and_flushing()
    {
        using var crashing = new CrashingLog(new LogOptions { IndexIntervalBytes = 100 }, seed: 1, Torn);
        for (var i = 0; i < 5; i++)
        {
            crashing.Append(_batches.Plain(records: 3));
            crashing.Append(_batches.Of(producerId: 1, crashing.Log, transactional: false));
            crashing.Flush();
        }

        Assert.True(crashing.Images > 100);
    }

    [Fact]
    public void rolling()
    {
        using var crashing = new CrashingLog(new LogOptions { SegmentBytes = 500, IndexIntervalBytes = 0 }, seed: 2, Torn);
        for (var i = 0; i < 8; i++)
            crashing.Append(_batches.Of(producerId: 1, crashing.Log, transactional: false));

        Assert.True(crashing.Log.SegmentCount > 2);
    }

    [Fact]
    public void rolling_over_transactions()
    {
        using var crashing = new CrashingLog(new LogOptions { SegmentBytes = 500, IndexIntervalBytes = 0 }, seed: 3, Torn);
        for (var i = 0; i < 4; i++)
        {
            crashing.Append(_batches.Of(producerId: 3, crashing.Log, transactional: true));
            crashing.Append(_batches.Of(producerId: 4, crashing.Log, transactional: true));
            crashing.Append(_batches.Marker(producerId: 3, commit: i % 2 == 0));
        }

        crashing.Append(_batches.Marker(producerId: 4, commit: false));
        crashing.Kill();
        crashing.CleanRestart();
        Assert.True(crashing.Log.SegmentCount > 2);
    }

    [Fact]
    public void deleting_old_segments()
    {
        using var crashing = new CrashingLog(new LogOptions { SegmentBytes = 300, RetentionBytes = 600 }, seed: 4, tornImages: 20);
        for (var i = 0; i < 10; i++)
            crashing.Append(_batches.Plain());
        crashing.ApplyRetention();

        Assert.True(crashing.Log.LogStartOffset > 2);
    }

    [Fact]
    public void deleting_all_segments()
    {
        using var crashing = new CrashingLog(new LogOptions { SegmentBytes = 300, RetentionBytes = 0 }, seed: 5, Torn);
        for (var i = 0; i < 5; i++)
            crashing.Append(_batches.Of(producerId: 1, crashing.Log, transactional: false));
        crashing.ApplyRetention();
        crashing.Append(_batches.Of(producerId: 1, crashing.Log, transactional: false));
        crashing.LosePower(torn: false);

        Assert.Equal(5, crashing.Log.LogStartOffset);
    }

    /// <summary>The process dies when the new segment is there, and the power fails when the old one is deleted at the next start: the name of the new one must be on disk by then.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void rolling_when_all_records_of_a_producer_are_deleted(int seed)
    {
        using var crashing = new CrashingLog(new LogOptions { SegmentBytes = 200 }, seed, tornImages: 40);
        crashing.Append(_batches.Of(producerId: 1, crashing.Log, transactional: false));
        crashing.DeleteRecordsBefore(crashing.Log.LogEndOffset);

        crashing.Append(_batches.Plain());

        Assert.Equal((2, 1, 2), (crashing.Log.SegmentCount, crashing.Log.LogStartOffset, crashing.Log.LogEndOffset));
    }

    [Fact]
    public void deleting_records()
    {
        using var crashing = new CrashingLog(new LogOptions { SegmentBytes = 600 }, seed: 6, Torn);
        for (var i = 0; i < 6; i++)
            crashing.Append(_batches.Plain(records: 3));
        crashing.DeleteRecordsBefore(7);
        crashing.DeleteRecordsBefore(18);

        Assert.Equal((18, 18), (crashing.Log.LogStartOffset, crashing.Log.LogEndOffset));
    }

    [Fact]
    public void stopping_and_starting()
    {
        using var crashing = new CrashingLog(new LogOptions { SegmentBytes = 700, IndexIntervalBytes = 100 }, seed: 7, Torn);
        for (var i = 0; i < 4; i++)
        {
            crashing.Append(_batches.Plain());
            crashing.Append(_batches.Of(producerId: 1, crashing.Log, transactional: false));
            crashing.CleanRestart();
        }
    }

    [Fact]
    public void recovering()
    {
        using var crashing = new CrashingLog(new LogOptions { SegmentBytes = 700, IndexIntervalBytes = 100 }, seed: 8, Torn);
        for (var i = 0; i < 6; i++)
        {
            crashing.Append(_batches.Of(producerId: 3, crashing.Log, transactional: true));
            crashing.Append(_batches.Marker(producerId: 3, commit: false));
            crashing.LosePower(torn: true);
            crashing.Append(_batches.Plain());
            crashing.Kill();
        }
    }

    /// <summary>The records can be read as long as the machine runs, and an fsync of them succeeds: but they are not on the disk.</summary>
    [Fact]
    public void opening_again_after_a_failed_fsync()
    {
        using var crashing = new CrashingLog(new LogOptions { IndexIntervalBytes = 100 }, seed: 9, Torn);
        crashing.Append(_batches.Plain(records: 3));
        crashing.Flush();
        for (var i = 0; i < 30; i++)
            crashing.Append(_batches.Of(producerId: 1, crashing.Log, transactional: false, records: 2));
        crashing.Disk.FailFlush(SegmentNames.Log, 1, new IOException("EIO"));
        crashing.Flush();
        Assert.Equal((true, 3, 63), (crashing.Log.IsReadOnly, crashing.Log.FlushedOffset, crashing.Log.LogEndOffset));

        crashing.Kill();
        Assert.Equal((63, 63), (crashing.Log.FlushedOffset, crashing.Log.LogEndOffset));
        crashing.LosePower(torn: false);

        Assert.Equal(63, crashing.Log.LogEndOffset);
    }

    /// <summary>The first opening reports it; the second must not believe the fsync that then succeeds.</summary>
    [Fact]
    public void opening_again_after_the_fsync_of_an_opening_failed()
    {
        using var crashing = new CrashingLog(new LogOptions(), seed: 10, Torn);
        for (var i = 0; i < 5; i++)
            crashing.Append(_batches.Plain(records: 3));

        crashing.Kill(new DiskFault(static o => o is { Name: "flush", Suffix: SegmentNames.Log }, new IOException("EIO")));
        crashing.LosePower(torn: false);

        Assert.Equal(15, crashing.Log.LogEndOffset);
    }

    [Fact]
    public void compacting()
    {
        var options = new LogOptions { SegmentBytes = 500, IndexIntervalBytes = 0, CompactsSegments = true, DeletesOldSegments = false, DeleteRetentionMs = 0 };
        using var crashing = new CrashingLog(options, seed: 11, Torn);
        var batches = new LogBatches(new Random(11), keys: 3);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 3; i++)
            {
                crashing.Append(batches.Of(producerId: 3, crashing.Log, transactional: true, records: 2));
                crashing.Append(batches.Of(producerId: 1, crashing.Log, transactional: false, records: 3));
                crashing.Append(batches.Marker(producerId: 3, commit: i == 1));
            }

            crashing.Compact();
        }

        Assert.InRange(crashing.Log.Batches().Count, 1, 17);
    }

    [Fact]
    public void flushing_when_the_checkpoint_is_written_in_part()
    {
        using var crashing = new CrashingLog(new LogOptions(), seed: 12, Torn);
        var batches = new LogBatches(new Random(12));
        crashing.Append(batches.Plain());
        crashing.Disk.Fail(new DiskFault(static o => o is { Name: "write", Suffix: ".checkpoint" }, new IOException("EIO")) { BytesWritten = 40 });
        crashing.Flush();
        Assert.True(crashing.Log.IsReadOnly);

        crashing.Kill();

        Assert.Equal(1, crashing.Log.LogEndOffset);
    }
}
