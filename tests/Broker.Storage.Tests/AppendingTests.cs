using Broker.Records;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class AppendingTests
{
    [Fact]
    public void offsets_follow_each_other_across_batches()
    {
        using var scenario = new LogScenario();

        var first = scenario.Append(count: 3, "a");
        var second = scenario.Append(count: 2, "b");

        Assert.Equal(new AppendResult(AppendOutcome.Appended, 0, 2, -1, 0), first);
        Assert.Equal(new AppendResult(AppendOutcome.Appended, 3, 4, -1, 0), second);
        Assert.Equal(5, scenario.Log.LogEndOffset);
        Assert.Equal("0=a0 1=a1 2=a2 3=b0 4=b1", LogScenario.Dump(scenario.Log));
    }

    [Fact]
    public void several_batches_are_one_write()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.Disk.Forget();

        var result = scenario.Append([.. scenario.Batch(2, "a"), .. scenario.Batch(3, "b")]);

        Assert.Equal((1, 5), (result.BaseOffset, result.LastOffset));
        Assert.Equal(1, scenario.Disk.Count("write", SegmentNames.Log));
        Assert.Equal("0=v0 1=a0 2=a1 3=b0 4=b1 5=b2", LogScenario.Dump(scenario.Log));
    }

    [Fact]
    public void base_offset_and_epoch_are_set_in_the_callers_bytes_and_the_checksum_still_holds()
    {
        using var scenario = new LogScenario();
        scenario.Append(count: 4);
        var batch = scenario.Batch();

        scenario.Append(batch);

        Assert.True(RecordBatch.IsIntact(batch, out var header));
        Assert.Equal((4L, LogScenario.Epoch), (header.BaseOffset, header.PartitionLeaderEpoch));
    }

    [Fact]
    public void under_log_append_time_the_log_dates_the_batch()
    {
        using var scenario = new LogScenario(new LogOptions { MessageTimestampType = TimestampType.LogAppendTime });
        var batch = scenario.Batch(2, timestamp: 5);

        var result = scenario.Append(batch);

        Assert.Equal(scenario.NowMs, result.LogAppendTime);
        Assert.True(RecordBatch.IsIntact(batch, out var header));
        Assert.Equal((TimestampType.LogAppendTime, scenario.NowMs), (header.TimestampType, header.MaxTimestamp));
        Assert.Equal(0, scenario.Log.FindByTimestamp(scenario.NowMs)?.Offset);
    }

    [Fact]
    public void bytes_that_are_not_whole_batches_are_refused()
    {
        using var scenario = new LogScenario();
        var batch = scenario.Batch();

        Assert.Throws<ArgumentException>(() => scenario.Append([]));
        Assert.Throws<ArgumentException>(() => scenario.Append(batch[..^1]));
        Assert.Throws<ArgumentException>(() => scenario.Append([.. batch, 0]));
        Assert.Equal(0, scenario.Log.LogEndOffset);
    }

    [Fact]
    public void an_append_is_not_on_disk_before_the_flush_and_is_after()
    {
        using var scenario = new LogScenario();
        scenario.Append(count: 3);

        Assert.Equal(0, scenario.Log.FlushedOffset);
        scenario.Log.Flush();
        Assert.Equal(3, scenario.Log.FlushedOffset);
    }
}
