using Broker.Storage.Inspection;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

/// <summary>A log that compaction left holes in, opened again and inspected.</summary>
public sealed class CompactedLogTests
{
    private static readonly LogOptions Options = new() { CompactsSegments = true, DeletesOldSegments = false };

    [Fact]
    public void where_compaction_stopped_is_known_after_a_restart()
    {
        using var scenario = new LogScenario(Options);
        scenario.Put("a=1");
        scenario.Put("a=2");
        scenario.Seal();
        Assert.True(scenario.Log.DescribeCompaction().IsDue);
        scenario.Log.Compact(KeyedLog.Buffer);
        Assert.False(scenario.Log.DescribeCompaction().IsDue);

        scenario.Restart();
        Assert.Equal(2, scenario.Log.DescribeCompaction().FirstDirtyOffset);
        using var crashed = scenario.Open(scenario.CrashImage());
        Assert.Equal((2, 0), (crashed.DescribeCompaction().FirstDirtyOffset, crashed.DescribeCompaction().DirtyBytes));
    }

    [Fact]
    public void a_log_with_gaps_is_recovered_with_and_without_its_indexes()
    {
        using var scenario = new LogScenario(Options with { IndexIntervalBytes = 100 });
        for (var i = 0; i < 60; i++)
            scenario.Put($"k{i % 17}={i}", $"u{i}=1");
        scenario.Append(KeyedLog.Transactional(9, 0, scenario.NowMs, "k0=x"));
        scenario.Log.AppendMarker(9, 0, commit: false, 0, 0);
        scenario.Seal();
        scenario.Log.Compact(KeyedLog.Buffer);
        var records = scenario.Log.Records();

        using (var log = scenario.Open(scenario.CrashImage()))
            Assert.Equal(records, log.Records());
        var image = scenario.CrashImage();
        foreach (var index in Directory.GetFiles(image, "*index"))
            File.Delete(index);
        using (var log = scenario.Open(image))
        {
            Assert.Equal(records, log.Records());
            Assert.Equal(scenario.Log.AbortedTransactions(0, 200), log.AbortedTransactions(0, 200));
        }

        scenario.Restart();
        Assert.Equal(records, scenario.Log.Records());
    }

    [Fact]
    public void an_inspection_finds_nothing_wrong_with_gaps()
    {
        using var scenario = new LogScenario(Options with { SegmentBytes = 900, IndexIntervalBytes = 100 });
        for (var i = 0; i < 40; i++)
        {
            scenario.Append(KeyedLog.Transactional(9, i, scenario.NowMs + i, $"k{i % 7}=x", $"t{i}=x"));
            if (i % 3 == 2)
                scenario.Log.AppendMarker(9, 0, commit: i % 2 == 0, 0, 0);
        }

        scenario.Seal();
        scenario.Log.Compact(KeyedLog.Buffer);
        scenario.CleanStop();

        var report = new LogVerifier(scenario.Disk, scenario.Directory).Run();

        Assert.DoesNotContain(report.Findings, f => f.Kind != FindingKind.Note);
        Assert.Contains(report.Findings, f => f.Text.Contains("as after a compaction", StringComparison.Ordinal));
        scenario.Start();
    }

    [Fact]
    public void an_offset_that_goes_back_is_found_in_a_log_with_gaps()
    {
        using var scenario = new LogScenario(Options);
        for (var i = 0; i < 20; i++)
            scenario.Put($"a={i}", $"u{i}=1");
        scenario.Seal();
        scenario.Log.Compact(KeyedLog.Buffer);
        var image = scenario.CrashImage();
        foreach (var index in Directory.GetFiles(image, "*index"))
            File.Delete(index);
        var path = Path.Combine(image, "00000000000000000000.log");
        var bytes = File.ReadAllBytes(path);
        var second = 12 + System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8));
        bytes[second + 7] ^= 0x40;
        File.WriteAllBytes(path, bytes);

        Assert.Throws<CorruptLogException>(() => scenario.Open(image));
    }
}
