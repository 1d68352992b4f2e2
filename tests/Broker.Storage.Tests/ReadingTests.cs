using Broker.Records;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class ReadingTests
{
    [Fact]
    public void a_read_begins_with_the_batch_that_holds_the_offset()
    {
        using var scenario = new LogScenario();
        scenario.Append(count: 3);
        scenario.Append(count: 3);

        Assert.Equal([3], BaseOffsets(scenario.Log.Read(4, 1000, long.MaxValue, minOneBatch: true)));
        Assert.Equal([0, 3], BaseOffsets(scenario.Log.Read(2, 1000, long.MaxValue, minOneBatch: true)));
    }

    [Fact]
    public void a_slice_is_cut_between_batches()
    {
        using var scenario = new LogScenario();
        var size = scenario.Batch().Length;
        for (var i = 0; i < 10; i++)
            scenario.Append();

        for (var maxBytes = size; maxBytes < 12 * size; maxBytes++)
        {
            using var slice = scenario.Log.Read(2, maxBytes, long.MaxValue, minOneBatch: false);
            Assert.Equal(Math.Min(maxBytes / size, 8) * size, slice!.Length);
        }
    }

    [Fact]
    public void a_batch_larger_than_the_limit_comes_only_when_one_is_demanded()
    {
        using var scenario = new LogScenario();
        var size = scenario.Batch().Length;
        scenario.Append();
        scenario.Append();

        Assert.Null(scenario.Log.Read(0, size - 1, long.MaxValue, minOneBatch: false));
        Assert.Equal([0], BaseOffsets(scenario.Log.Read(0, size - 1, long.MaxValue, minOneBatch: true)));
        Assert.Equal([0], BaseOffsets(scenario.Log.Read(0, 0, long.MaxValue, minOneBatch: true)));
    }

    [Fact]
    public void no_batch_from_the_upper_bound_on_is_returned()
    {
        using var scenario = new LogScenario(new LogOptions { IndexIntervalBytes = 100 });
        for (var i = 0; i < 50; i++)
            scenario.Append(count: 2);

        for (var bound = 2; bound <= 100; bound += 2)
            Assert.Equal(bound - 2, BaseOffsets(scenario.Log.Read(0, int.MaxValue, bound, minOneBatch: true))[^1]);
        Assert.Null(scenario.Log.Read(10, 1000, maxOffsetExclusive: 10, minOneBatch: true));
    }

    [Fact]
    public void at_the_end_there_is_nothing_and_beyond_it_an_error()
    {
        using var scenario = new LogScenario();
        scenario.Append(count: 3);

        Assert.Null(scenario.Log.Read(3, 1000, long.MaxValue, minOneBatch: true));
        Assert.Throws<OffsetOutOfRangeException>(() => scenario.Log.Read(4, 1000, long.MaxValue, minOneBatch: true));
        Assert.Throws<OffsetOutOfRangeException>(() => scenario.Log.Read(-1, 1000, long.MaxValue, minOneBatch: true));
    }

    [Fact]
    public void every_offset_is_found_whatever_the_index_interval()
    {
        foreach (var interval in (int[])[0, 1, 200, 4096, int.MaxValue])
        {
            using var scenario = new LogScenario(new LogOptions { IndexIntervalBytes = interval, SegmentBytes = 2000 });
            for (var i = 0; i < 60; i++)
                scenario.Append(count: (i % 4) + 1);

            for (var offset = 0L; offset < scenario.Log.LogEndOffset; offset++)
            {
                using var slice = scenario.Log.Read(offset, 0, long.MaxValue, minOneBatch: true);
                RecordBatchHeader.TryRead(Bytes(slice!), out var header);
                Assert.InRange(offset, header.BaseOffset, header.LastOffset);
            }
        }
    }

    [Fact]
    public void a_slice_offers_its_file_for_sending()
    {
        using var scenario = new LogScenario();
        scenario.Append();
        var second = scenario.Batch(3, "second");
        scenario.Append(second);

        using var slice = scenario.Log.Read(1, 1000, long.MaxValue, minOneBatch: true)!;
        var sent = new byte[slice.Length];
        RandomAccess.Read(slice.Handle!, sent, slice.Position);

        Assert.Equal(second, sent);
    }

    [Fact]
    public void part_of_a_slice_can_be_copied()
    {
        using var scenario = new LogScenario();
        var batch = scenario.Batch();
        scenario.Append(batch);

        using var slice = scenario.Log.Read(0, 1000, long.MaxValue, minOneBatch: true)!;
        var part = new byte[10];
        slice.CopyTo(20, part);

        Assert.Equal(batch[20..30], part);
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.CopyTo(slice.Length - 9, new byte[10]));
    }

    [Fact]
    public void an_index_that_lies_does_not_mislead_a_reader()
    {
        using var scenario = new LogScenario(new LogOptions { IndexIntervalBytes = 100, SegmentBytes = 2000 });
        for (var i = 0; i < 40; i++)
            scenario.Append();
        scenario.CleanStop();
        foreach (var file in scenario.Files(SegmentNames.OffsetIndex))
        {
            var bytes = File.ReadAllBytes(file);
            for (var i = 7; i < bytes.Length; i += OffsetIndex.EntrySize)
                bytes[i] ^= 1;
            File.WriteAllBytes(file, bytes);
        }

        var log = scenario.Start();

        for (var offset = 0; offset < 40; offset++)
            Assert.Equal(offset, BaseOffsets(log.Read(offset, 0, long.MaxValue, minOneBatch: true))[0]);
    }

    private static byte[] Bytes(LogSlice slice)
    {
        var bytes = new byte[slice.Length];
        slice.CopyTo(bytes);
        return bytes;
    }

    private static List<long> BaseOffsets(LogSlice? slice)
    {
        using (slice)
        {
            var offsets = new List<long>();
            ReadOnlySpan<byte> rest = Bytes(slice!);
            while (RecordBatch.TryTake(ref rest, out _, out var header))
                offsets.Add(header.BaseOffset);
            return offsets;
        }
    }
}
