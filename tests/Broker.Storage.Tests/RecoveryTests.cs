using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class RecoveryTests
{
    [Fact]
    public void a_log_cut_at_every_byte_keeps_its_whole_batches_and_nothing_else()
    {
        using var scenario = new LogScenario();
        var ends = new List<(long Position, string Dump)> { (0, "") };
        for (var i = 0; i < 8; i++)
        {
            scenario.Append(count: (i % 3) + 1, value: $"batch{i}-");
            ends.Add((scenario.Log.SizeInBytes, LogScenario.Dump(scenario.Log)));
        }

        var image = scenario.CrashImage();
        var segment = Path.Combine(image, "00000000000000000000.log");
        var whole = File.ReadAllBytes(segment);
        var checkpoint = File.ReadAllBytes(Path.Combine(image, LogCheckpoint.FileName));
        for (var cut = 0; cut <= whole.Length; cut++)
        {
            File.WriteAllBytes(segment, whole[..cut]);
            File.WriteAllBytes(Path.Combine(image, LogCheckpoint.FileName), checkpoint);
            var (position, dump) = ends.Last(e => e.Position <= cut);

            using (var log = scenario.Open(image))
            {
                Assert.Equal(dump, LogScenario.Dump(log));
                Assert.Equal(position, new FileInfo(segment).Length);
                Assert.Equal(log.LogEndOffset, log.FlushedOffset);
                log.Append(scenario.Batch(value: "after"), LogScenario.Epoch);
                Assert.Equal($"{dump} {log.LogEndOffset - 1}=after0".TrimStart(), LogScenario.Dump(log));
            }
        }
    }

    [Fact]
    public void a_log_of_several_segments_cut_at_every_byte_of_the_last_keeps_the_others()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 300, IndexIntervalBytes = 100 });
        for (var i = 0; i < 12; i++)
            scenario.Append(value: $"batch{i}-");
        var image = scenario.CrashImage();
        var segment = Directory.GetFiles(image, "*.log").Max()!;
        var whole = File.ReadAllBytes(segment);
        var expected = LogScenario.Dump(scenario.Log);
        var flushed = scenario.Log.FlushedOffset;

        for (var cut = 0; cut <= whole.Length; cut++)
        {
            var copy = Path.Combine(image, cut.ToString());
            Directory.CreateDirectory(copy);
            foreach (var file in Directory.GetFiles(image))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            File.WriteAllBytes(Path.Combine(copy, Path.GetFileName(segment)), whole[..cut]);

            using var log = scenario.Open(copy);
            Assert.StartsWith(LogScenario.Dump(log), expected);
            Assert.InRange(log.LogEndOffset, flushed, scenario.Log.LogEndOffset);
        }
    }

    [Fact]
    public void any_single_damaged_byte_above_the_flushed_offset_ends_the_log_in_front_of_its_batch()
    {
        using var scenario = new LogScenario();
        scenario.Append(value: "good");
        var start = scenario.Log.SizeInBytes;
        scenario.Append(value: "bad");
        var end = scenario.Log.SizeInBytes;
        scenario.Append(value: "behind");
        var image = scenario.CrashImage();
        var segment = Path.Combine(image, "00000000000000000000.log");
        var whole = File.ReadAllBytes(segment);
        var checkpoint = File.ReadAllBytes(Path.Combine(image, LogCheckpoint.FileName));

        for (var position = start; position < end; position++)
        {
            var inBatch = position - start;
            if (inBatch is >= 12 and < 16)
                continue; // the leader epoch, which nothing checks
            var damaged = (byte[])whole.Clone();
            damaged[position] ^= 0x40;
            File.WriteAllBytes(segment, damaged);
            File.WriteAllBytes(Path.Combine(image, LogCheckpoint.FileName), checkpoint);

            using var log = scenario.Open(image);
            Assert.Equal("0=good0", LogScenario.Dump(log));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(61)]
    [InlineData(10_000)]
    public void a_tail_of_zeros_reads_as_the_end(int zeros)
    {
        using var scenario = new LogScenario();
        scenario.Append(count: 2);
        scenario.Log.Flush();
        var image = scenario.CrashImage();
        var segment = Path.Combine(image, "00000000000000000000.log");
        var length = new FileInfo(segment).Length;
        using (var file = File.OpenWrite(segment))
            file.SetLength(length + zeros);

        using var log = scenario.Open(image);

        Assert.Equal("0=v0 1=v1", LogScenario.Dump(log));
        Assert.Equal(length, new FileInfo(segment).Length);
    }

    [Fact]
    public void a_length_that_announces_more_than_the_file_holds_is_a_torn_tail()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        var image = scenario.CrashImage();
        var batch = scenario.Batch();
        batch[8] = 0x7f;
        File.AppendAllBytes(Path.Combine(image, "00000000000000000000.log"), batch);

        using var log = scenario.Open(image);

        Assert.Equal(1, log.LogEndOffset);
    }

    [Fact]
    public void without_a_checkpoint_nothing_is_known_to_be_on_disk_and_the_good_prefix_is_kept()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.Append();
        scenario.Log.Flush();
        var image = scenario.CrashImage();
        File.Delete(Path.Combine(image, LogCheckpoint.FileName));
        var segment = Path.Combine(image, "00000000000000000000.log");
        File.WriteAllBytes(segment, File.ReadAllBytes(segment)[..^1]);

        using var log = scenario.Open(image);

        Assert.Equal("0=v0", LogScenario.Dump(log));
    }

    [Fact]
    public void a_torn_checkpoint_write_leaves_the_one_before()
    {
        using var scenario = new LogScenario();
        scenario.Append(count: 2);
        scenario.Time.Advance(TimeSpan.FromSeconds(1));
        scenario.Log.Flush();
        scenario.Append(count: 3);
        scenario.Log.Flush();
        var image = scenario.CrashImage();
        var path = Path.Combine(image, LogCheckpoint.FileName);
        var bytes = File.ReadAllBytes(path);

        var flushed = new List<long?>();
        foreach (var slot in (int[])[0, 512])
        {
            var torn = (byte[])bytes.Clone();
            torn[slot + 30] ^= 1;
            File.WriteAllBytes(path, torn);
            using var checkpoint = LogCheckpoint.Open(Disk.Real, image, TimeProvider.System);
            flushed.Add(checkpoint.Found?.FlushedOffset);
        }

        Assert.Equal([2, 5], flushed.Order());
    }

    [Fact]
    public void indexes_of_sealed_segments_are_built_again_when_they_are_gone_or_do_not_fit()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 1000, IndexIntervalBytes = 200 });
        for (var i = 0; i < 70; i++)
            scenario.Append();
        var image = scenario.CrashImage();
        var indexes = Directory.GetFiles(image, "*.index").Order().ToArray();
        var before = indexes.Select(File.ReadAllBytes).ToArray();
        File.Delete(indexes[0]);
        File.WriteAllBytes(indexes[1], [.. before[1][..^1], 0x7f]);
        File.WriteAllBytes(indexes[2], [.. before[2], .. new byte[10_000]]);

        using var log = scenario.Open(image);

        Assert.Equal(LogScenario.Dump(scenario.Log), LogScenario.Dump(log));
        Assert.Equal(before, indexes.Select(File.ReadAllBytes));
    }

    [Fact]
    public void leftovers_of_interrupted_work_are_removed()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        var image = scenario.CrashImage();
        string[] leftovers = ["00000000000000000000.producers.tmp", "00000000000000000900.index", "00000000000000000900.timeindex"];
        foreach (var name in leftovers)
            File.WriteAllText(Path.Combine(image, name), "x");

        using var log = scenario.Open(image);

        Assert.DoesNotContain(leftovers, name => File.Exists(Path.Combine(image, name)));
    }

    [Fact]
    public void a_crash_during_recovery_changes_nothing_about_its_result()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.Append();
        var image = scenario.CrashImage();
        var segment = Path.Combine(image, "00000000000000000000.log");
        File.WriteAllBytes(segment, File.ReadAllBytes(segment)[..^1]);
        scenario.Disk.FailFlush(SegmentNames.Log, 1, new IOException("lost power"));

        Assert.Throws<FlushFailedException>(() => scenario.Open(image));
        using var log = scenario.Open(image);

        Assert.Equal("0=v0", LogScenario.Dump(log));
    }

    [Fact]
    public void a_disk_that_cannot_be_read_is_not_taken_for_a_torn_tail()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        var image = scenario.CrashImage();
        var segment = Path.Combine(image, "00000000000000000000.log");
        var length = new FileInfo(segment).Length;
        scenario.Disk.FailRead(SegmentNames.Log, 1, new IOException("EIO"));

        Assert.Throws<IOException>(() => scenario.Open(image));

        Assert.Equal(length, new FileInfo(segment).Length);
    }
}
