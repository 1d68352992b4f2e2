using Broker.Records;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task readers_see_every_record_once_and_in_order_while_the_log_rolls_and_drops_segments()
    {
        using var scenario = new LogScenario(new LogOptions { SegmentBytes = 4000, IndexIntervalBytes = 500, RetentionBytes = 20_000, RetentionMs = -1 });
        const int Batches = 3000;
        var log = scenario.Log;
        var writer = Task.Run(() =>
        {
            for (var i = 0; i < Batches; i++)
            {
                log.Append(scenario.Batch(2), 0);
                if (i % 50 == 0)
                    log.ApplyRetention();
                if (i % 70 == 0)
                    log.Flush();
            }
        });
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadTo(log, Batches * 2))).ToArray();

        await writer;
        await Task.WhenAll(readers);

        Assert.Equal(Batches * 2, log.LogEndOffset);
        Assert.InRange(log.LogStartOffset, 1, Batches * 2);
    }

    [Fact]
    public async Task no_reader_sees_a_batch_at_or_above_its_bound()
    {
        using var scenario = new LogScenario();
        var log = scenario.Log;
        const int Batches = 5000;
        var writer = Task.Run(() =>
        {
            for (var i = 0; i < Batches; i++)
                log.Append(scenario.Batch(), 0);
        });

        var buffer = new byte[1 << 20];
        while (!writer.IsCompleted)
        {
            var bound = log.LogEndOffset;
            if (bound == 0)
                continue;
            using var slice = log.Read(Math.Max(0, bound - 5), 10_000, bound, minOneBatch: true)!;
            slice.CopyTo(buffer);
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, slice.Length);
            while (RecordBatch.TryTake(ref rest, out _, out var header))
                Assert.True(header.BaseOffset < bound, $"{header.BaseOffset} is not below {bound}");
        }

        await writer;
    }

    private static void ReadTo(PartitionLog log, long end)
    {
        var buffer = new byte[64 * 1024];
        for (var offset = 0L; offset < end;)
        {
            LogSlice? slice;
            try
            {
                slice = log.Read(offset, buffer.Length, long.MaxValue, minOneBatch: true);
            }
            catch (OffsetOutOfRangeException)
            {
                offset = log.LogStartOffset;
                continue;
            }

            using (slice)
            {
                if (slice is null)
                    continue;
                slice.CopyTo(buffer);
                ReadOnlySpan<byte> rest = buffer.AsSpan(0, slice.Length);
                while (RecordBatch.TryTake(ref rest, out var batch, out var header))
                {
                    Assert.True(RecordBatch.IsIntact(batch, out _));
                    Assert.InRange(offset, header.BaseOffset, header.LastOffset);
                    offset = header.NextOffset;
                }
            }
        }
    }
}
