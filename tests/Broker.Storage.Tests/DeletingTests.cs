using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class DeletingTests
{
    [Fact]
    public void deleted_records_are_gone_even_in_the_middle_of_a_batch()
    {
        using var scenario = new LogScenario();
        scenario.Append(count: 5);

        scenario.Log.DeleteRecordsBefore(3);

        Assert.Equal("3=v3 4=v4", LogScenario.Dump(scenario.Log));
        Assert.Throws<OffsetOutOfRangeException>(() => scenario.Log.Read(2, 1000, long.MaxValue, minOneBatch: true));
    }

    [Fact]
    public void the_new_start_survives_a_crash_at_once()
    {
        using var scenario = new LogScenario();
        scenario.Append(count: 5);

        scenario.Log.DeleteRecordsBefore(3);

        using var log = scenario.Open(scenario.CrashImage());
        Assert.Equal((3, 5), (log.LogStartOffset, log.LogEndOffset));
    }

    [Fact]
    public void records_are_on_disk_before_the_start_moves_over_them()
    {
        using var scenario = new LogScenario();
        scenario.Append(count: 5);

        scenario.Log.DeleteRecordsBefore(5);

        Assert.Equal((5, 5, 5), (scenario.Log.LogStartOffset, scenario.Log.FlushedOffset, scenario.Log.LogEndOffset));
    }

    [Fact]
    public void whole_segments_below_the_new_start_are_deleted()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 200 });
        for (var i = 0; i < 8; i++)
            scenario.Append();

        scenario.Log.DeleteRecordsBefore(5);

        Assert.Equal(["00000000000000000004.log", "00000000000000000006.log"], scenario.Files(SegmentNames.Log).Select(Path.GetFileName));
        Assert.Equal("5=v0 6=v0 7=v0", LogScenario.Dump(scenario.Restart()));
    }

    [Fact]
    public void below_the_start_nothing_happens_and_above_the_end_is_an_error()
    {
        using var scenario = new LogScenario();
        scenario.Append(count: 5);
        scenario.Log.DeleteRecordsBefore(3);

        scenario.Log.DeleteRecordsBefore(1);

        Assert.Equal(3, scenario.Log.LogStartOffset);
        Assert.Throws<OffsetOutOfRangeException>(() => scenario.Log.DeleteRecordsBefore(6));
    }

    [Fact]
    public void a_deleted_log_leaves_no_directory_and_its_slices_readable()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        using var slice = scenario.Log.Read(0, 1000, long.MaxValue, minOneBatch: true)!;

        scenario.Log.Delete();

        Assert.False(Directory.Exists(scenario.Directory));
        slice.CopyTo(new byte[slice.Length]);
        Assert.Throws<ObjectDisposedException>(() => scenario.Append());
        Assert.Equal(0, scenario.Start().LogEndOffset);
    }
}
