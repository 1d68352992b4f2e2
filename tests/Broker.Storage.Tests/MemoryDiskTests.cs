using System.Text;
using Broker.Storage.Disks;

namespace Broker.Storage.Tests;

public sealed class MemoryDiskTests
{
    private static readonly string Directory = Path.GetFullPath("/data");
    private static readonly string Name = Path.Combine(Directory, "file");

    private readonly MemoryDisk _disk = new();

    public MemoryDiskTests() => _disk.CreateDirectories(Directory);

    [Theory]
    [InlineData(false, false, null)]
    [InlineData(true, false, null)]
    [InlineData(false, true, "")]
    [InlineData(true, true, "content")]
    public void a_new_file_survives_the_power_when_both_it_and_its_directory_were_fsynced(bool file, bool directory, string? left)
    {
        Write("content", file);
        if (directory)
            _disk.FlushDirectory(Directory);

        Assert.Equal(left, Content(_disk.CopyAfterPowerLoss()));
        Assert.Equal("content", Content(_disk.CopyAfterKill()));
    }

    [Fact]
    public void a_power_loss_brings_back_the_bytes_and_the_length_of_the_last_fsync()
    {
        Write("0123456789", flush: true);
        _disk.FlushDirectory(Directory);
        using var file = _disk.Open(Name, FileMode.Open, FileAccess.ReadWrite);
        file.Write("ab"u8, 1);
        file.Write("cd"u8, 2);
        file.SetLength(4);
        file.Write("efghijklmnop"u8, 3);

        Assert.Equal("0acefghijklmnop", Content(_disk));
        Assert.Equal("0123456789", Content(_disk.CopyAfterPowerLoss()));
        file.Flush();
        Assert.Equal("0acefghijklmnop", Content(_disk.CopyAfterPowerLoss()));
    }

    [Fact]
    public void names_changed_since_the_fsync_of_their_directory_come_back()
    {
        Write("old", flush: true);
        _disk.FlushDirectory(Directory);
        _disk.RenameFile(Name, Name + "2");
        Assert.Equal("old", Content(_disk.CopyAfterPowerLoss()));
        _disk.FlushDirectory(Directory);
        Assert.Null(Content(_disk.CopyAfterPowerLoss()));
        _disk.DeleteFile(Name + "2");

        Assert.True(_disk.CopyAfterPowerLoss().FileExists(Name + "2"));
        Assert.False(_disk.CopyAfterKill().FileExists(Name + "2"));
        Assert.True(_disk.CopyAfterKill().CopyAfterPowerLoss().FileExists(Name + "2"));
    }

    [Fact]
    public void replacing_a_file_leaves_the_old_one_or_the_new_one_whatever_the_disk_kept()
    {
        _disk.ReplaceFile(Name, Encoding.UTF8.GetBytes(new string('a', 2000)));
        var disk = _disk.CopyAfterKill();
        var next = new string('b', 3000);
        disk.PutFile(Name, Encoding.UTF8.GetBytes(next));

        var left = Enumerable.Range(0, 50).Select(seed => Content(disk.CopyAfterPowerLoss(new Random(seed)))).Distinct().ToList();

        Assert.Equal([new string('a', 2000), next], left.Order());
    }

    [Fact]
    public void torn_copies_keep_what_was_fsynced_and_mix_the_rest_by_sectors()
    {
        Write(new string('a', 1024), flush: true);
        _disk.FlushDirectory(Directory);
        using var file = _disk.Open(Name, FileMode.Open, FileAccess.ReadWrite);
        file.Write(Encoding.UTF8.GetBytes(new string('b', 1024)), 512);

        var left = Enumerable.Range(0, 200).Select(seed => Content(_disk.CopyAfterPowerLoss(new Random(seed)))!).ToList();

        Assert.All(left, text => Assert.StartsWith(new string('a', 512), text, StringComparison.Ordinal));
        Assert.All(left, text => Assert.InRange(text.Length, 1024, 1536));
        Assert.Equal(["a", "b"], left.Select(text => text.Substring(512, 1)).Distinct().Order());
        Assert.Contains(left, text => text.Length > 1024 && text[1024] == '\0');
        Assert.Contains(left, text => text.Length > 1024 && text[1024] == 'b');
    }

    [Fact]
    public void pages_that_could_not_be_written_are_read_and_never_on_the_disk_until_they_are_written_again()
    {
        var (old, changed) = (new string('a', 9000), new string('b', 5000));
        Write(old, flush: true);
        _disk.FlushDirectory(Directory);
        using var file = (MemoryDisk.MemoryFile)_disk.Open(Name, FileMode.Open, FileAccess.ReadWrite);
        file.Write(Encoding.UTF8.GetBytes(changed), 4096);
        file.LoseUnsynced();
        file.Flush();

        Assert.Equal(old[..4096] + changed, Content(_disk));
        Assert.Equal(old[..4096] + changed, Content(_disk.CopyAfterKill()));
        Assert.Equal(old + new string('\0', 96), Content(_disk.CopyAfterPowerLoss()));
        Assert.Equal(old + new string('\0', 96), Content(_disk.CopyAfterKill().CopyAfterPowerLoss()));
        Assert.Equal(old + new string('\0', 96), Content(_disk.CopyAfterPowerLoss(new Random(1))));

        file.Write("b"u8, 9095);
        Assert.Equal(old + new string('\0', 96), Content(_disk.CopyAfterPowerLoss()));
        file.Flush();
        Assert.Equal(old[..8192] + changed[4096..], Content(_disk.CopyAfterPowerLoss()));
        file.SetLength(8192);
        file.SetLength(4096);
        file.Write(Encoding.UTF8.GetBytes(changed), 4096);
        Assert.Equal(old[..8192] + changed[4096..], Content(_disk.CopyAfterPowerLoss()));
        file.Flush();
        Assert.Equal(old[..4096] + changed, Content(_disk.CopyAfterPowerLoss()));
    }

    [Fact]
    public void a_locked_file_is_free_again_after_its_end_or_in_a_copy()
    {
        var held = _disk.TryLock(Name);

        Assert.NotNull(held);
        Assert.Null(_disk.TryLock(Name));
        Assert.NotNull(_disk.CopyAfterKill().TryLock(Name));
        held.Dispose();
        Assert.NotNull(_disk.TryLock(Name));
    }

    [Fact]
    public async Task a_copy_has_every_file_as_it_was_at_one_moment()
    {
        string[] names = [.. Enumerable.Range(0, 50).Select(i => Name + i)];
        var files = names.Select(name => _disk.Open(name, FileMode.CreateNew, FileAccess.ReadWrite)).ToArray();
        _disk.FlushDirectory(Directory);
        using var end = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            for (var length = 1; !end.IsCancellationRequested; length++)
            {
                foreach (var file in files)
                {
                    file.SetLength(length);
                    file.Flush();
                }
            }
        });

        for (var copies = 0; copies < 500; copies++)
        {
            foreach (var copy in new[] { _disk.CopyAfterPowerLoss(), _disk.CopyAfterKill() })
            {
                var lengths = names.Select(name => copy.StatusOf(name)!.Value.Length).ToArray();
                Assert.Equal(lengths.OrderDescending(), lengths);
                Assert.InRange(lengths[0] - lengths[^1], 0, 1);
            }
        }

        await end.CancelAsync();
        await writing;
    }

    [Fact]
    public void large_files_read_back_as_written()
    {
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        using var file = _disk.Open(Name, FileMode.CreateNew, FileAccess.ReadWrite);
        for (var position = 0; position < bytes.Length; position += 7_001)
            file.Write(bytes.AsSpan(position, Math.Min(7_001, bytes.Length - position)), position);

        Assert.Equal(bytes, file.ReadAll());
        file.SetLength(70_000);
        file.SetLength(140_000);
        Assert.Equal([.. bytes.AsSpan(0, 70_000), .. new byte[70_000]], file.ReadAll());
    }

    private void Write(string content, bool flush)
    {
        using var file = _disk.Open(Name, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        file.Write(Encoding.UTF8.GetBytes(content), 0);
        if (flush)
            file.Flush();
    }

    private static string? Content(MemoryDisk disk) => disk.FileExists(Name) ? Encoding.UTF8.GetString(disk.ReadFile(Name)) : null;
}
