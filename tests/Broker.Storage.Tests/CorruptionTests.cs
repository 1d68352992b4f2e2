using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class CorruptionTests
{
    [Fact]
    public void any_damaged_byte_below_the_flushed_offset_is_reported_and_kept()
    {
        using var scenario = new LogScenario();
        scenario.Append(value: "one");
        var second = scenario.Log.SizeInBytes;
        scenario.Append(value: "two");
        scenario.Log.Flush();
        var third = scenario.Log.SizeInBytes;
        scenario.Append(value: "not-flushed");
        var image = scenario.CrashImage();
        var segment = Path.Combine(image, "00000000000000000000.log");
        var whole = File.ReadAllBytes(segment);

        for (var position = 0L; position < third; position++)
        {
            var inBatch = position < second ? position : position - second;
            if (inBatch is >= 12 and < 16)
                continue; // the leader epoch, which nothing checks
            var damaged = (byte[])whole.Clone();
            damaged[position] ^= 0x01;
            File.WriteAllBytes(segment, damaged);

            var error = Assert.Throws<CorruptLogException>(() => scenario.Open(image));

            var expected = position < second ? (0L, 0L) : (second, 1L);
            Assert.Equal((segment, expected), (error.File, (error.Position, error.Offset)));
            Assert.Equal(damaged, File.ReadAllBytes(segment));
        }
    }

    [Fact]
    public void the_message_names_file_position_and_offset()
    {
        using var scenario = new LogScenario();
        scenario.Append(count: 5);
        var position = scenario.Log.SizeInBytes;
        scenario.Append();
        scenario.Log.Flush();
        var image = scenario.CrashImage();
        var segment = Path.Combine(image, "00000000000000000000.log");
        var bytes = File.ReadAllBytes(segment);
        bytes[^1] ^= 1;
        File.WriteAllBytes(segment, bytes);

        var error = Assert.Throws<CorruptLogException>(() => scenario.Open(image));

        Assert.Equal($"{segment} is damaged at position {position}, offset 5: the batch does not match its checksum. The file was left as it is.", error.Message);
    }

    [Fact]
    public void a_log_that_lost_flushed_records_is_refused_wherever_it_was_cut()
    {
        using var scenario = new LogScenario();
        for (var i = 0; i < 3; i++)
            scenario.Append();
        scenario.Log.Flush();
        var image = scenario.CrashImage();
        var segment = Path.Combine(image, "00000000000000000000.log");
        var whole = File.ReadAllBytes(segment);

        for (var cut = 0; cut < whole.Length; cut++)
        {
            File.WriteAllBytes(segment, whole[..cut]);
            Assert.Throws<CorruptLogException>(() => scenario.Open(image));
            Assert.Equal(cut, new FileInfo(segment).Length);
        }
    }

    [Fact]
    public void damage_in_a_segment_that_has_a_successor_is_never_a_torn_tail()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 200 });
        for (var i = 0; i < 6; i++)
            scenario.Append();
        var image = scenario.CrashImage();
        File.Delete(Path.Combine(image, LogCheckpoint.FileName));
        var segment = Directory.GetFiles(image, "*.log").Min()!;
        File.WriteAllBytes(segment, File.ReadAllBytes(segment)[..^1]);

        var error = Assert.Throws<CorruptLogException>(() => scenario.Open(image));

        Assert.Equal(segment, error.File);
    }

    [Fact]
    public void a_sealed_segment_that_lost_its_last_bytes_is_reported()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 2000, IndexIntervalBytes = 200 });
        while (scenario.Log.SegmentCount < 3)
            scenario.Append();
        var image = scenario.CrashImage();
        var segment = Directory.GetFiles(image, "*.log").Order().ElementAt(1);
        File.WriteAllBytes(segment, File.ReadAllBytes(segment)[..^1]);

        Assert.Equal(segment, Assert.Throws<CorruptLogException>(() => scenario.Open(image)).File);
    }

    /// <summary>One of them is intact after any crash, for the file gets its name with one in it.</summary>
    [Fact]
    public void a_checkpoint_of_which_neither_slot_can_be_read_is_reported_and_nothing_is_cut()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 250 });
        for (var i = 0; i < 5; i++)
            scenario.Append();
        scenario.Log.DeleteRecordsBefore(1);
        scenario.Log.Flush();
        var image = scenario.CrashImage();
        var checkpoint = Path.Combine(image, LogCheckpoint.FileName);
        var bytes = File.ReadAllBytes(checkpoint);
        File.AppendAllBytes(Directory.GetFiles(image, "*.log").Max()!, [1, 2, 3]);
        var segments = Array.ConvertAll(Directory.GetFiles(image, "*.log"), File.ReadAllBytes);

        foreach (var damaged in (byte[][])[Flipped(bytes, 20, 532), Flipped(bytes, 0, 512), new byte[bytes.Length], bytes[..70], []])
        {
            File.WriteAllBytes(checkpoint, damaged);

            var error = Assert.Throws<CorruptLogException>(() => scenario.Open(image));

            Assert.Equal(checkpoint, error.File);
            Assert.Contains("neither of its two entries can be read", error.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, File.ReadAllBytes(checkpoint));
            Assert.Equal(segments, Array.ConvertAll(Directory.GetFiles(image, "*.log"), File.ReadAllBytes));
        }

        File.WriteAllBytes(checkpoint, Flipped(bytes, 20));
        using var log = scenario.Open(image);
        Assert.Equal((1, 5), (log.LogStartOffset, log.LogEndOffset));
    }

    [Fact]
    public void segments_that_are_all_gone_are_reported()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.CleanStop();
        File.Delete(scenario.Files(SegmentNames.Log)[0]);

        Assert.Throws<CorruptLogException>(() => scenario.Start());
    }

    [Fact]
    public void a_reader_that_meets_damage_gets_an_error_and_no_foreign_bytes()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        scenario.Append();
        var segment = scenario.Files(SegmentNames.Log)[0];
        using (var file = new FileStream(segment, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = 8;
            file.Write([0x70, 0, 0, 0]);
        }

        Assert.Throws<CorruptLogException>(() => scenario.Log.Read(1, 1000, long.MaxValue, minOneBatch: true));
    }

    /// <summary>Touching the missing part of the map would end the process by SIGBUS.</summary>
    [Fact]
    public void a_mapped_index_that_somebody_cuts_is_an_error_and_not_the_end_of_the_process()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 4000, IndexIntervalBytes = 0 });
        while (scenario.Log.SegmentCount < 2)
            scenario.Append();
        scenario.Log.Read(1, 100, long.MaxValue, minOneBatch: true)!.Dispose();
        using (var index = File.Open(scenario.Files(SegmentNames.OffsetIndex)[0], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            index.SetLength(0);

        Assert.Throws<IOException>(() => scenario.Log.Read(1, 100, long.MaxValue, minOneBatch: true));

        scenario.Log.Read(scenario.Log.LogEndOffset - 1, 100, long.MaxValue, minOneBatch: true)!.Dispose();
        scenario.Restart();
        scenario.Log.Read(1, 100, long.MaxValue, minOneBatch: true)!.Dispose();
    }

    [Theory]
    [InlineData(SegmentNames.OffsetIndex)]
    [InlineData(SegmentNames.TimeIndex)]
    public void an_index_that_does_not_ascend_is_built_again_even_after_a_clean_stop(string suffix)
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 1000, IndexIntervalBytes = 0 });
        for (var i = 0; i < 30; i++)
            scenario.Append(timestamp: 1000 + i);
        scenario.CleanStop();
        var index = scenario.Files(suffix)[0];
        var good = File.ReadAllBytes(index);
        var bad = good.ToArray();
        bad.AsSpan(0, 12).Fill(0x7F);
        File.WriteAllBytes(index, bad);

        var log = scenario.Start();

        Assert.Equal(7, log.FindByTimestamp(1007)!.Value.Offset);
        Assert.Equal(good, File.ReadAllBytes(index));
    }

    private static byte[] Flipped(byte[] bytes, params ReadOnlySpan<int> positions)
    {
        var flipped = bytes.ToArray();
        foreach (var position in positions)
            flipped[position] ^= 1;
        return flipped;
    }
}
