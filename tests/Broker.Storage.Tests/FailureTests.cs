using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class FailureTests
{
    private static readonly IOException NoSpace = new("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);

    [Fact]
    public void after_a_failed_fsync_nothing_is_written_any_more()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.Log.Flush();
        scenario.Append();
        scenario.Disk.FailFlush(SegmentNames.Log, 1, new IOException("EIO"));

        Assert.Throws<LogReadOnlyException>(scenario.Log.Flush);

        Assert.True(scenario.Log.IsReadOnly);
        Assert.Equal(1, scenario.Log.FlushedOffset);
        scenario.Disk.Forget();
        Assert.Throws<LogReadOnlyException>(scenario.Log.Flush);
        Assert.Throws<LogReadOnlyException>(() => scenario.Append());
        Assert.Throws<LogReadOnlyException>(() => scenario.Log.DeleteRecordsBefore(2));
        Assert.Equal(0, scenario.Disk.Count("flush", SegmentNames.Log));
        Assert.Equal(0, scenario.Disk.Count("write", SegmentNames.Log));
    }

    /// <summary>What .NET takes for success: a device without fsync answers as a file system does that was made read-only.</summary>
    [Fact]
    public void an_fsync_that_the_system_refuses_counts_as_failed()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("/dev/full is a device of Linux.");
        using var device = Disk.Real.Open("/dev/full", FileMode.Open, FileAccess.Write);

        var failure = Assert.Throws<FlushFailedException>(device.Flush);

        Assert.Equal(22, failure.InnerException!.HResult);
    }

    [Fact]
    public void a_read_only_log_is_still_read()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.Disk.FailFlush(SegmentNames.Log, 1, new IOException("EIO"));
        Assert.Throws<LogReadOnlyException>(scenario.Log.Flush);

        Assert.Equal("0=v0", LogScenario.Dump(scenario.Log));
    }

    [Fact]
    public void a_read_only_log_gives_up_old_segments_but_keeps_the_active_one()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 200, RetentionBytes = 0, RetentionMs = -1 });
        for (var i = 0; i < 6; i++)
            scenario.Append();
        scenario.Disk.FailFlush(SegmentNames.Log, 1, new IOException("EIO"));
        Assert.Throws<LogReadOnlyException>(scenario.Log.Flush);

        Assert.Equal(2, scenario.Log.ApplyRetention());
        Assert.Equal("4=v0 5=v0", LogScenario.Dump(scenario.Log));
    }

    [Fact]
    public void a_read_only_log_gives_up_records_that_are_on_disk()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.Append();
        scenario.Log.Flush();
        scenario.Append();
        scenario.Disk.FailFlush(SegmentNames.Log, 1, new IOException("EIO"));
        Assert.Throws<LogReadOnlyException>(scenario.Log.Flush);

        scenario.Log.DeleteRecordsBefore(1);

        Assert.Equal(1, scenario.Log.LogStartOffset);
        Assert.Throws<LogReadOnlyException>(() => scenario.Log.DeleteRecordsBefore(3));
        Assert.Equal("1=v0 2=v0", LogScenario.Dump(scenario.Log));
    }

    [Fact]
    public void on_a_full_disk_retention_gives_up_all_but_the_active_segment()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 200, RetentionBytes = 0, RetentionMs = -1 });
        for (var i = 0; i < 6; i++)
            scenario.Append();
        scenario.Log.Flush();
        scenario.Disk.Fail(DiskFaults.FullDisk());

        Assert.Equal(2, scenario.Log.ApplyRetention());
        Assert.Equal("4=v0 5=v0", LogScenario.Dump(scenario.Log));
        scenario.Disk.Heal();

        Assert.Equal(1, scenario.Log.ApplyRetention());
        Assert.Equal("", LogScenario.Dump(scenario.Log));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    public void after_a_failed_write_the_log_ends_where_it_ended_before(int bytesWritten)
    {
        using var scenario = new LogScenario();
        scenario.Append(value: "kept");
        scenario.Disk.FailWrite(SegmentNames.Log, 1, new IOException("EIO"), bytesWritten);

        Assert.Throws<LogReadOnlyException>(() => scenario.Append(value: "lost"));

        Assert.Equal(1, scenario.Log.LogEndOffset);
        Assert.Equal("0=kept0", LogScenario.Dump(scenario.Log));
        Assert.Throws<LogReadOnlyException>(() => scenario.Append());
        Assert.Equal("0=kept0", LogScenario.Dump(scenario.Restart()));
    }

    [Fact]
    public void opening_again_makes_a_read_only_log_writable()
    {
        using var scenario = new LogScenario();
        scenario.Disk.FailWrite(SegmentNames.Log, 1, new IOException("EIO"));
        Assert.Throws<LogReadOnlyException>(() => scenario.Append());

        scenario.Restart();

        Assert.Equal(0, scenario.Append().BaseOffset);
    }

    [Fact]
    public void the_systems_own_word_for_a_full_disk_is_understood()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("/dev/full is a device of Linux.");
        using var full = Disk.Real.Open("/dev/full", FileMode.Open, FileAccess.Write);

        Assert.True(DiskFull.IsCauseOf(Assert.ThrowsAny<IOException>(() => full.Write([1], 0))));
    }

    [Fact]
    public void a_full_disk_refuses_the_append_and_takes_the_next_once_there_is_space()
    {
        using var scenario = new LogScenario();
        scenario.Append(value: "before");
        var size = scenario.Log.SizeInBytes;
        scenario.Disk.FailWrite(SegmentNames.Log, 1, NoSpace, bytesWritten: 33);

        Assert.Throws<DiskFullException>(() => scenario.Append(value: "refused"));

        Assert.Equal(size, new FileInfo(scenario.Files(SegmentNames.Log)[0]).Length);
        Assert.False(scenario.Log.IsReadOnly);
        scenario.Append(value: "after");
        Assert.Equal("0=before0 1=after0", LogScenario.Dump(scenario.Log));
    }

    [Fact]
    public void a_full_disk_that_cannot_be_cut_back_is_final()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.Disk.FailWrite(SegmentNames.Log, 1, NoSpace, bytesWritten: 33);
        scenario.Disk.FailSetLength(SegmentNames.Log, 1, new IOException("EIO"));

        Assert.Throws<LogReadOnlyException>(() => scenario.Append());

        Assert.Equal("0=v0", LogScenario.Dump(scenario.Restart()));
    }

    [Fact]
    public void a_full_disk_delays_the_roll_to_the_next_append()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 200 });
        scenario.Append();
        scenario.Append();
        scenario.Disk.FailWrite(SegmentNames.OffsetIndex, 1, NoSpace);

        Assert.Throws<DiskFullException>(() => scenario.Append());
        Assert.Equal(1, scenario.Log.SegmentCount);
        Assert.Equal(2, scenario.Append().BaseOffset);

        Assert.Equal(2, scenario.Log.SegmentCount);
        Assert.Equal("0=v0 1=v0 2=v0", LogScenario.Dump(scenario.Log));
    }

    [Theory]
    [InlineData(SegmentNames.Log)]
    [InlineData(SegmentNames.OffsetIndex)]
    [InlineData(SegmentNames.TimeIndex)]
    [InlineData(SegmentNames.Producers)]
    public void an_fsync_that_fails_during_a_roll_is_final_and_loses_nothing(string suffix)
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 200 });
        scenario.Append();
        scenario.Append();
        scenario.Disk.FailFlush(suffix, 1, new IOException("EIO"));

        Assert.Throws<LogReadOnlyException>(() => scenario.Append());

        Assert.True(scenario.Log.IsReadOnly);
        Assert.Equal("0=v0 1=v0", LogScenario.Dump(scenario.Restart()));
        Assert.Equal(2, scenario.Append().BaseOffset);
    }
}
