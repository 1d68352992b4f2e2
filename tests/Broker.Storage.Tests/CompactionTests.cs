using Broker.Records;
using Broker.Storage.Compaction;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class CompactionTests
{
    private static readonly LogOptions Options = new() { CompactsSegments = true, DeletesOldSegments = false };

    [Fact]
    public void the_newest_record_of_each_key_stays_where_it_was()
    {
        using var scenario = new LogScenario(Options);
        scenario.Put("a=1", "b=1");
        scenario.Put("a=2");
        scenario.Put("c=1", "b=2", "c=2");
        scenario.Seal();

        var result = scenario.Log.Compact(KeyedLog.Buffer);

        Assert.Equal("2:a=2 4:b=2 5:c=2 6:seal=6", scenario.Log.Records());
        Assert.Equal((6L, 6L, 3L), (result.FirstDirtyOffset, result.RecordsRead, result.RecordsWritten));
        Assert.Equal((0, 7), (scenario.Log.LogStartOffset, scenario.Log.LogEndOffset));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(2, 3)]
    [InlineData(4, 3)]
    [InlineData(5, 5)]
    public void an_offset_that_is_gone_is_read_from_the_next_batch_on(long offset, long batch)
    {
        using var scenario = new LogScenario(Options);
        scenario.Put("a=1", "b=1");
        scenario.Put("a=2");
        scenario.Put("b=2", "a=3");
        scenario.Put("b=3");
        scenario.Seal();
        scenario.Log.Compact(KeyedLog.Buffer);

        Assert.Equal("4:a=3 5:b=3 6:seal=6", scenario.Log.Records());
        Assert.Equal(batch, scenario.Log.HeaderAt(offset).BaseOffset);
    }

    [Fact]
    public void empty_batches_are_passed_over_while_records_follow()
    {
        using var scenario = new LogScenario(Options with { SegmentBytes = 100 });
        for (var i = 0; i < 5; i++)
            scenario.Put("a=" + i);
        Assert.Equal(5, scenario.Log.SegmentCount);
        scenario.Log.Compact(KeyedLog.Buffer);
        Assert.Equal("3:a=3 4:a=4", scenario.Log.Records());

        Assert.Equal((3, 1), (scenario.Log.HeaderAt(0).BaseOffset, scenario.Log.HeaderAt(0).RecordCount));
        Assert.Equal((1, 0), (scenario.Log.HeaderAt(1, below: 3).BaseOffset, scenario.Log.HeaderAt(1, below: 3).RecordCount));
    }

    [Fact]
    public void what_is_in_the_active_segment_stays_and_counts_not()
    {
        using var scenario = new LogScenario(Options);
        scenario.Put("a=1");
        scenario.Seal();
        scenario.Put("a=2");

        scenario.Log.Compact(KeyedLog.Buffer);

        Assert.Equal("0:a=1 1:seal=1 2:a=2", scenario.Log.Records());
    }

    [Fact]
    public void a_tombstone_stays_for_its_time_after_the_first_compaction()
    {
        using var scenario = new LogScenario(Options with { DeleteRetentionMs = 1000 });
        scenario.Put("a=1", "b=1");
        scenario.Put("a");
        scenario.Put("b=2");
        scenario.Seal();
        var written = scenario.NowMs;
        scenario.Time.Advance(TimeSpan.FromSeconds(5));
        scenario.Log.Compact(KeyedLog.Buffer);
        Assert.Equal("2:a 3:b=2 4:seal=4", scenario.Log.Records());
        Assert.Equal(scenario.NowMs + 1000, scenario.Log.HeaderAt(2).DeleteHorizonMs);
        Assert.Equal((2, written), (scenario.Log.FindByTimestamp(0)!.Value.Offset, scenario.Log.FindByTimestamp(0)!.Value.Timestamp));

        Again(scenario, 999);
        Assert.Equal("2:a 3:b=2 4:seal=4 5:seal=5", scenario.Log.Records());
        Again(scenario, 1);
        Assert.Equal("3:b=2 5:seal=5 6:seal=6", scenario.Log.Records());
    }

    [Fact]
    public void a_tombstone_goes_at_once_when_its_key_has_a_newer_record()
    {
        using var scenario = new LogScenario(Options);
        scenario.Put("a=1");
        scenario.Put("a");
        scenario.Put("a=3");
        scenario.Seal();

        scenario.Log.Compact(KeyedLog.Buffer);

        Assert.Equal("2:a=3 3:seal=3", scenario.Log.Records());
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void batches_keep_their_codec_timestamps_and_last_offset(CompressionType codec)
    {
        using var scenario = new LogScenario(Options);
        var time = scenario.NowMs;
        scenario.Append(KeyedLog.Keyed(codec, time, "a=1", "b=1", "c=1", "d"));
        scenario.Append(KeyedLog.Keyed(codec, time + 7, "a=2", "c=2"));
        scenario.Seal();

        scenario.Log.Compact(KeyedLog.Buffer);

        Assert.Equal("1:b=1 3:d 4:a=2 5:c=2 6:seal=6", scenario.Log.Records());
        var first = scenario.Log.HeaderAt(0);
        Assert.Equal((0, 3, 2, codec, time), (first.BaseOffset, first.LastOffset, first.RecordCount, first.Compression, first.MaxTimestamp));
        Assert.Equal(new OffsetAndTimestamp(1, time, LogScenario.Epoch), scenario.Log.FindByTimestamp(time));
        Assert.Equal(new OffsetAndTimestamp(4, time + 7, LogScenario.Epoch), scenario.Log.FindByTimestamp(time + 1));
    }

    [Fact]
    public void nothing_of_an_aborted_transaction_stays_and_at_last_not_even_its_marker()
    {
        using var scenario = new LogScenario(Options with { DeleteRetentionMs = 1000 });
        scenario.Put("a=1");
        scenario.Append(KeyedLog.Transactional(7, 0, scenario.NowMs, "a=2", "b=2")); // 1-2
        scenario.Append(KeyedLog.Transactional(8, 0, scenario.NowMs, "c=2")); // 3
        scenario.Log.AppendMarker(7, 0, commit: false, 0, 0); // 4
        scenario.Log.AppendMarker(8, 0, commit: true, 0, 0); // 5
        scenario.Append(KeyedLog.Transactional(7, 2, scenario.NowMs, "d=1")); // 6
        scenario.Log.AppendMarker(7, 0, commit: true, 0, 0); // 7
        scenario.Seal(); // 8

        scenario.Log.Compact(KeyedLog.Buffer);
        Assert.Equal("0:a=1 3:c=2 4:a 5:c 6:d=1 7:c 8:seal=8", scenario.Log.Records());
        Assert.Equal([new AbortedTransaction(7, 1)], scenario.Log.AbortedTransactions(0, 9));

        Again(scenario, 0); // no batch of the aborted transaction is left: the marker's time begins
        Assert.Equal(scenario.NowMs + 1000, scenario.Log.HeaderAt(4).DeleteHorizonMs);
        Assert.Empty(scenario.Log.AbortedTransactions(0, 9));
        Again(scenario, 1000);
        Assert.Equal("0:a=1 3:c=2 5:c 6:d=1 7:c 9:seal=9 10:seal=10", scenario.Log.Records());
    }

    [Fact]
    public void nothing_from_the_first_open_transaction_on_is_compacted()
    {
        using var scenario = new LogScenario(Options);
        scenario.Put("a=1");
        scenario.Put("a=2");
        scenario.Seal();
        scenario.Append(KeyedLog.Transactional(7, 0, scenario.NowMs, "a=3"));
        scenario.Seal();
        scenario.Put("a=4");
        scenario.Seal();

        scenario.Log.Compact(KeyedLog.Buffer);

        Assert.Equal("1:a=2 2:seal=2 3:a=3 4:seal=4 5:a=4 6:seal=6", scenario.Log.Records());
    }

    [Fact]
    public void a_producers_last_sequence_outlives_its_records()
    {
        using var scenario = new LogScenario(Options);
        scenario.Append(Sequenced(0, "a=1"));
        scenario.Append(Sequenced(1, "a=2", "b=2"));
        scenario.Put("a=3", "b=3");
        scenario.Seal();

        scenario.Log.Compact(KeyedLog.Buffer);

        Assert.Equal("3:a=3 4:b=3 5:seal=5", scenario.Log.Records());
        var header = scenario.Log.HeaderAt(0, below: 3);
        Assert.Equal((1, 2, 0, 1, 2), (header.BaseOffset, header.LastOffset, header.RecordCount, header.BaseSequence, header.LastSequence));
        var image = scenario.CrashImage();
        foreach (var snapshot in Directory.GetFiles(image, "*" + SegmentNames.Producers))
            File.Delete(snapshot);
        using var log = scenario.Open(image);
        Assert.Equal(AppendOutcome.Duplicate, log.Append(Sequenced(1, "a=2", "b=2"), 0).Outcome);
        Assert.Equal(AppendOutcome.Appended, log.Append(Sequenced(3, "a=4"), 0).Outcome);
    }

    [Fact]
    public void small_segments_become_one()
    {
        using var scenario = new LogScenario(Options);
        for (var i = 0; i < 10; i++)
        {
            scenario.Put($"a={i}", $"b{i}=1");
            scenario.Seal();
        }

        Assert.Equal(11, scenario.Log.SegmentCount);
        var before = scenario.Log.Newest();
        scenario.Log.Compact(KeyedLog.Buffer);

        Assert.Equal(2, scenario.Log.SegmentCount);
        Assert.Equal(before, scenario.Log.Newest());
        Assert.Equal(2, scenario.Files(SegmentNames.Log).Length);
        Assert.Empty(scenario.Files(SegmentNames.Cleaned));
        Assert.Empty(scenario.Files(SegmentNames.Swap));
    }

    [Fact]
    public void segments_do_not_grow_beyond_their_size()
    {
        using var scenario = new LogScenario(Options with { SegmentBytes = 1000 });
        for (var i = 0; i < 100; i++)
            scenario.Put($"k{i}=value");
        var before = scenario.Log.Newest();

        scenario.Log.Compact(KeyedLog.Buffer);

        Assert.Equal(before, scenario.Log.Newest());
        Assert.All(scenario.Files(SegmentNames.Log), file => Assert.InRange(new FileInfo(file).Length, 1, 1000));
    }

    [Fact]
    public void keys_beyond_the_buffer_are_left_for_the_next_time()
    {
        using var scenario = new LogScenario(Options);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 40; i++)
                scenario.Put($"k{i}={round}");
        }

        scenario.Seal();
        var buffer = new CompactionBuffer(25 * 24, 0.9);

        Assert.Equal(22, scenario.Log.Compact(buffer).FirstDirtyOffset);
        var rounds = 1;
        while (scenario.Log.DescribeCompaction().DirtyBytes > 0)
        {
            scenario.Log.Compact(buffer);
            rounds++;
        }

        Assert.InRange(rounds, 4, 7);
        Assert.Equal(Enumerable.Range(80, 40).Select(i => $"{i}:k{i - 80}=2").Append("120:seal=120"), scenario.Log.Records().Split(' '));
    }

    [Fact]
    public void a_damaged_batch_stops_compaction_and_stays()
    {
        using var scenario = new LogScenario(Options);
        for (var i = 0; i < 5; i++)
            scenario.Put("a=" + i);
        scenario.Seal();
        var path = scenario.Files(SegmentNames.Log)[0];
        var bytes = File.ReadAllBytes(path);
        bytes[100] ^= 1;
        File.WriteAllBytes(path, bytes);

        var damage = Assert.Throws<CorruptLogException>(() => scenario.Log.Compact(KeyedLog.Buffer));

        Assert.Equal(path, damage.File);
        Assert.Equal(bytes, File.ReadAllBytes(path));
        Assert.Empty(scenario.Files(SegmentNames.Cleaned));
    }

    [Fact]
    public void a_slice_outlives_the_segment_it_was_cut_from()
    {
        using var scenario = new LogScenario(Options);
        scenario.Put("a=1");
        scenario.Put("a=2");
        scenario.Seal();
        using var slice = scenario.Log.Read(0, 1000, long.MaxValue, minOneBatch: true)!;
        var before = new byte[slice.Length];
        slice.CopyTo(before);

        scenario.Log.Compact(KeyedLog.Buffer);

        var after = new byte[slice.Length];
        slice.CopyTo(after);
        Assert.Equal(before, after);
    }

    [Fact]
    public void an_end_of_an_epoch_does_not_move()
    {
        using var scenario = new LogScenario(Options);
        scenario.Log.Append(KeyedLog.Keyed(scenario.NowMs, "a=1"), 1);
        scenario.Log.Append(KeyedLog.Keyed(scenario.NowMs, "a=2"), 1);
        scenario.Log.Append(KeyedLog.Keyed(scenario.NowMs, "a=3"), 4);
        scenario.Log.Append(KeyedLog.Keyed(scenario.NowMs, "a=4"), 4);
        scenario.Seal();
        scenario.Log.Compact(KeyedLog.Buffer);
        Assert.Equal("3:a=4 4:seal=4", scenario.Log.Records());

        AssertEpochs(scenario.Log);
        using (var crashed = scenario.Open(scenario.CrashImage()))
            AssertEpochs(crashed);
        AssertEpochs(scenario.Restart());
    }

    private static void AssertEpochs(PartitionLog log)
    {
        Assert.Equal((0, 2), log.EndOfEpoch(0) with { EndOffset = 2 });
        Assert.Equal((1, 2), log.EndOfEpoch(1));
        Assert.Equal((1, 2), log.EndOfEpoch(3));
        Assert.Equal((4, 4), log.EndOfEpoch(6));
        Assert.Equal((LogScenario.Epoch, 5), log.EndOfEpoch(8));
        Assert.Equal((1, 4, LogScenario.Epoch), (log.EpochOf(1), log.EpochOf(2), log.EpochOf(4)));
    }

    /// <summary>Compacts once more, with a new segment so that something is dirty.</summary>
    private static void Again(LogScenario scenario, int laterMs)
    {
        scenario.Time.Advance(TimeSpan.FromMilliseconds(laterMs));
        scenario.Seal();
        scenario.Log.Compact(KeyedLog.Buffer);
    }

    private static byte[] Sequenced(int sequence, params ReadOnlySpan<string> records)
    {
        var builder = new RecordBatchBuilder { ProducerId = 5, ProducerEpoch = 0, BaseSequence = sequence };
        foreach (var record in records)
            builder.Add(1_700_000_000_000, System.Text.Encoding.UTF8.GetBytes(record.Split('=')[0]), [1]);
        return builder.Build();
    }
}
