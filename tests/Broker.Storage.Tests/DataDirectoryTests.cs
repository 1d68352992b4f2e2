using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class DataDirectoryTests
{
    [Fact]
    public void a_directory_in_use_is_refused_with_the_name_of_the_process()
    {
        using var temp = new TempDirectory();
        using var held = DataDirectory.Open(temp.Path);
        var program = Path.GetFileName(Environment.ProcessPath);

        var error = Assert.Throws<DataDirectoryInUseException>(() => DataDirectory.Open(temp.Path));

        Assert.Equal($"The data directory {temp.Path} is in use by process {Environment.ProcessId} ({program}). Stop it, or choose another directory.", error.Message);
    }

    [Fact]
    public void a_directory_given_back_can_be_taken_again()
    {
        using var temp = new TempDirectory();
        DataDirectory.Open(temp.Path).Dispose();

        using var again = DataDirectory.Open(temp.Path);

        Assert.Equal(temp.Path, again.Path);
    }

    [Fact]
    public void the_name_a_dead_process_left_behind_locks_nothing()
    {
        using var temp = new TempDirectory();
        File.WriteAllText(Path.Combine(temp.Path, ".lock"), "");
        File.WriteAllText(Path.Combine(temp.Path, ".lock.owner"), "1 init\n");

        DataDirectory.Open(temp.Path).Dispose();
    }

    [Fact]
    public void a_missing_directory_is_created()
    {
        using var temp = new TempDirectory();
        using var data = DataDirectory.Open(Path.Combine(temp.Path, "a", "b"));

        Assert.True(Directory.Exists(Path.Combine(temp.Path, "a", "b")));
    }

    [Fact]
    public void deletions_that_a_crash_interrupted_are_finished()
    {
        using var temp = new TempDirectory();
        Directory.CreateDirectory(Path.Combine(temp.Path, "orders-0.0123456789abcdef0123456789abcdef-delete"));
        Directory.CreateDirectory(Path.Combine(temp.Path, "orders-1"));

        using var data = DataDirectory.Open(temp.Path);

        Assert.Equal(["orders-1"], Directory.GetDirectories(temp.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void room_is_kept_back_and_given_up_for_a_small_file_when_the_disk_is_full()
    {
        using var temp = new TempDirectory();
        var disk = new FaultyDisk(Disk.Real);
        using var data = DataDirectory.Open(temp.Path, disk);
        var reserve = new FileInfo(Path.Combine(temp.Path, SpaceReserve.FileName));
        Assert.Equal(SpaceReserve.SizeInBytes, reserve.Length);
        data.WriteAtomically("topics", "first"u8);

        // The disk has room again as soon as something was given up, and none for what was given up.
        disk.Fail(new DiskFault(o => o.Name == "write" && o.Path.EndsWith(".tmp", StringComparison.Ordinal), DiskFaults.NoSpace()));
        disk.Fail(new DiskFault(o => o.Path.EndsWith(SpaceReserve.FileName, StringComparison.Ordinal) && o.Bytes > 0, DiskFaults.NoSpace()) { IsLasting = true });
        data.WriteAtomically("topics", "second"u8);

        Assert.Equal("second"u8, data.Read("topics")!);
        reserve.Refresh();
        Assert.InRange(reserve.Length, 1, SpaceReserve.SizeInBytes - 1);
        disk.Heal();
        data.KeepReserve();
        reserve.Refresh();
        Assert.Equal(SpaceReserve.SizeInBytes, reserve.Length);
    }

    [Fact]
    public void a_disk_that_stays_full_is_said_when_nothing_is_left_to_give_up()
    {
        using var temp = new TempDirectory();
        var disk = new FaultyDisk(Disk.Real);
        using var data = DataDirectory.Open(temp.Path, disk);
        data.WriteAtomically("topics", "first"u8);
        disk.Fail(DiskFaults.FullDisk());

        Assert.True(Shortage.IsCauseOf(Assert.ThrowsAny<IOException>(() => data.WriteAtomically("topics", "second, and longer"u8))));

        Assert.Equal("first"u8, data.Read("topics")!);
        Assert.Equal(0, new FileInfo(Path.Combine(temp.Path, SpaceReserve.FileName)).Length);
    }

    [Fact]
    public void a_full_disk_does_not_keep_the_owner_out()
    {
        using var temp = new TempDirectory();
        DataDirectory.Open(temp.Path).Dispose();
        var disk = new FaultyDisk(Disk.Real);
        disk.Fail(DiskFaults.FullDisk());

        using var data = DataDirectory.Open(temp.Path, disk);

        Assert.Throws<DataDirectoryInUseException>(() => DataDirectory.Open(temp.Path));
    }

    [Fact]
    public void a_file_is_replaced_as_a_whole()
    {
        using var temp = new TempDirectory();
        using var data = DataDirectory.Open(temp.Path);

        data.WriteAtomically("topics", "a long first content"u8);
        data.WriteAtomically("topics", "second"u8);

        Assert.Equal("second", File.ReadAllText(Path.Combine(temp.Path, "topics")));
        Assert.False(File.Exists(Path.Combine(temp.Path, "topics.tmp")));
    }
}
