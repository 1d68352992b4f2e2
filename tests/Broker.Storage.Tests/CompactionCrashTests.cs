using Broker.Records;
using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Storage.Tests;

/// <summary>Compaction interrupted in front of each of its steps, by the end of the process and by the loss of power.</summary>
public sealed class CompactionCrashTests
{
    private const string Path = "/data/orders-0";

    private static readonly LogOptions Options = new() { CompactsSegments = true, DeletesOldSegments = false, SegmentBytes = 700, IndexIntervalBytes = 100 };
    private static readonly FakeTimeProvider Time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));

    [Fact]
    public void a_crash_at_any_step_leaves_one_complete_copy()
    {
        var memory = new MemoryDisk(Time);
        var disk = new FaultyDisk(memory);
        using var log = Open(disk);
        Fill(log);
        var images = new List<(string Step, MemoryDisk Image)>();
        disk.Forget();
        disk.BeforeChange = () =>
        {
            var step = $"{images.Count}: behind {disk.Trace.LastOrDefault()}";
            images.Add((step, memory.CopyAfterKill()));
            images.Add((step, memory.CopyAfterPowerLoss()));
            images.Add((step, memory.CopyAfterPowerLoss(new Random(images.Count))));
        };

        var before = log.Newest();
        var aborted = log.AbortedTransactions(0, long.MaxValue);
        var producers = log.ActiveProducers();
        var result = log.Compact(KeyedLog.Buffer);
        disk.BeforeChange = null;
        Assert.InRange(result.SegmentsAfter, 3, result.SegmentsBefore - 3);
        Assert.True(images.Count > 100);

        foreach (var (step, image) in images)
            AssertWhole(step, image);

        void AssertWhole(string step, MemoryDisk image)
        {
            using var recovered = Open(image);
            Assert.True((log.LogStartOffset, log.LogEndOffset) == (recovered.LogStartOffset, recovered.LogEndOffset), step);
            Assert.True(before.SequenceEqual(recovered.Newest()), step);
            Assert.True(producers.SequenceEqual(recovered.ActiveProducers()), step);
            // A transaction with records must be known as aborted; one without may still be.
            Assert.True(recovered.AbortedTransactions(0, long.MaxValue).All(aborted.Contains), step);
            Assert.True(AbortedReaders(recovered), step);
            recovered.Compact(KeyedLog.Buffer);
            Assert.True(before.SequenceEqual(recovered.Newest()), step);
            Assert.DoesNotContain(image.ListFiles(Path), name => name.EndsWith(SegmentNames.Cleaned, StringComparison.Ordinal) || name.EndsWith(SegmentNames.Swap, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void a_full_disk_leaves_the_log_as_it_was_and_the_next_time_succeeds()
    {
        var disk = new FaultyDisk(new MemoryDisk(Time));
        using var log = Open(disk);
        Fill(log);
        var before = log.Newest();
        disk.FailWrite(SegmentNames.Cleaned, 1, new IOException("No space left on device", 28));

        Assert.ThrowsAny<IOException>(() => log.Compact(KeyedLog.Buffer));
        Assert.False(log.IsReadOnly);
        Assert.DoesNotContain(disk.ListFiles(Path), name => name.EndsWith(SegmentNames.Cleaned, StringComparison.Ordinal));
        disk.Heal();
        log.Compact(KeyedLog.Buffer);

        Assert.Equal(before, log.Newest());
        Assert.False(log.DescribeCompaction().IsDue);
    }

    [Fact]
    public void a_damaged_replacement_is_not_taken_for_the_segments_it_replaces()
    {
        var memory = new MemoryDisk(Time);
        var disk = new FaultyDisk(memory);
        using var log = Open(disk);
        Fill(log);
        var image = (MemoryDisk?)null;
        disk.BeforeChange = () => image ??= memory.ListFiles(Path).Any(static name => name.EndsWith(SegmentNames.Swap, StringComparison.Ordinal)) ? memory.CopyAfterKill() : null;
        log.Compact(KeyedLog.Buffer);
        var names = image!.ListFiles(Path);
        var swap = System.IO.Path.Combine(Path, names.Single(static name => name.EndsWith(SegmentNames.Swap, StringComparison.Ordinal)));
        using (var file = image.Open(swap, FileMode.Open, FileAccess.ReadWrite))
            file.Write([0xff], 70);

        Assert.Throws<CorruptLogException>(() => Open(image));
        Assert.Subset(image.ListFiles(Path).ToHashSet(), names.Where(static name => !name.EndsWith(SegmentNames.Cleaned, StringComparison.Ordinal)).ToHashSet());
    }

    private static PartitionLog Open(Disk disk) => PartitionLog.Open(Path, Options, Time, NullLogger.Instance, disk);

    /// <summary>Keys written often, tombstones, a producer, transactions of both ends; nothing of it is dirty for other reasons than its age.</summary>
    private static void Fill(PartitionLog log)
    {
        log.Options = Options with { SegmentBytes = 300 };
        for (var i = 0; i < 30; i++)
        {
            log.Append(KeyedLog.Keyed(1_700_000_000_000 + i, $"k{i % 7}={i}", i % 5 == 0 ? $"t{i}" : $"u{i}={i}"), 1);
            if (i % 10 == 3)
            {
                log.Append(KeyedLog.Transactional(9, i / 10, 1_700_000_000_000 + i, $"k{i % 7}={(i % 20 == 3 ? "x" : i)}"), 1);
                log.AppendMarker(9, 0, commit: i % 20 != 3, coordinatorEpoch: 0, leaderEpoch: 1);
            }
        }

        log.Options = Options;
        log.Flush();
    }

    /// <summary>Whether each transactional record called x, all of which were aborted, lies in an aborted range.</summary>
    private static bool AbortedReaders(PartitionLog log)
    {
        foreach (var batch in log.Batches())
        {
            using var reader = new RecordReader(batch);
            if (!reader.Header.IsTransactional || reader.Header.IsControl)
                continue;
            while (reader.Read(out var record))
            {
                if (record.Value.SequenceEqual("x"u8) && log.AbortedTransactions(record.Offset, record.Offset + 1).Count == 0)
                    return false;
            }
        }

        return true;
    }
}
