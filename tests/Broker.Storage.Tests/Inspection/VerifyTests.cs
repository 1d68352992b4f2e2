using Broker.Storage.Disks;
using Broker.Storage.Inspection;
using Broker.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Storage.Tests.Inspection;

public sealed class VerifyTests : IDisposable
{
    private static readonly LogOptions Options = new() { SegmentBytes = 400, IndexIntervalBytes = 80 };

    private readonly TempDirectory _temp = new();
    private DataDirectory? _data;
    private PartitionLog? _log;

    private string Directory => Path.Combine(_temp.Path, "orders-0");

    [Fact]
    public void a_log_in_order_is_sound_and_counted()
    {
        Fill();
        _log!.DeleteRecordsBefore(5);
        Stop();

        var report = Verify();

        Assert.Empty(report.Findings);
        Assert.True(report.IsSound);
        Assert.True(report.ClosedCleanly);
        Assert.Equal(("orders-0", 5, 30, 30), (report.Name, report.LogStartOffset, report.LogEndOffset, report.FlushedOffset));
        Assert.Equal(report.Batches, report.Records);
        Assert.True(report.Segments > 2);
    }

    [Fact]
    public void a_log_that_nobody_wrote_to_has_no_indexes_and_needs_none()
    {
        _data = DataDirectory.Open(_temp.Path);
        _log = _data.OpenLog("orders-0", Options, TimeProvider.System, NullLogger.Instance);
        Stop();

        Assert.Empty(Verify().Findings);
    }

    [Fact]
    public void a_log_that_the_disk_does_not_read_is_damage()
    {
        Fill();
        Stop();
        var disk = new FaultyDisk(Disk.Real);
        using var directory = InspectedDirectory.Open(_temp.Path, disk);
        disk.FailRead(SegmentNames.Log, 2, new IOException("EIO"));

        var finding = Assert.Single(directory.Verify("orders-0").Findings);

        Assert.Equal("damage: orders-0: it cannot be read to the end: EIO", finding.ToString());
        Assert.Empty(directory.Verify("orders-0").Findings);
    }

    [Fact]
    public void nothing_is_changed_by_looking()
    {
        Fill();
        Stop();
        var before = Snapshot();

        Verify();

        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void a_directory_in_use_is_refused()
    {
        Fill();

        Assert.Throws<DataDirectoryInUseException>(() => InspectedDirectory.Open(_temp.Path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(18)]
    [InlineData(65)]
    public void a_flipped_bit_in_a_sealed_segment_is_damage_with_its_place(int position)
    {
        Fill();
        Stop();
        var file = Files(SegmentNames.Log)[1];
        Flip(file, position);

        var report = Verify();

        var damage = Assert.Single(report.Findings);
        Assert.Equal((FindingKind.Damage, Path.GetFileName(file), 0L), (damage.Kind, damage.File, damage.Position));
        Assert.False(report.IsSound);
        Assert.ThrowsAny<CorruptLogException>(() => Reopen(trust: false));
    }

    [Fact]
    public void a_record_that_was_on_disk_and_is_gone_is_damage()
    {
        Fill();
        Stop();
        var last = Files(SegmentNames.Log)[^1];
        using (var file = File.Open(last, FileMode.Open))
            file.SetLength(file.Length - 1);

        var report = Verify();

        Assert.Equal(FindingKind.Damage, Assert.Single(report.Findings).Kind);
        Assert.Equal(29, report.LogEndOffset);
        Assert.Throws<CorruptLogException>(() => Reopen(trust: true));
    }

    [Fact]
    public void a_torn_tail_is_repairable_as_the_next_start_shows()
    {
        Fill();
        _log!.Flush();
        _log.Append(Batch(), LogScenario.Epoch);
        var image = CrashImage();
        using (var file = File.Open(System.IO.Directory.GetFiles(Path.Combine(image, "orders-0"), "*.log").Order().Last(), FileMode.Open))
            file.SetLength(file.Length - 1);

        var report = Verify(image);

        Assert.Equal(FindingKind.Repairable, Assert.Single(report.Findings).Kind);
        Assert.True(report.IsSound);
        using var log = PartitionLog.Open(Path.Combine(image, "orders-0"), Options, TimeProvider.System, NullLogger.Instance);
        Assert.Equal(log.LogEndOffset, report.LogEndOffset);
    }

    [Theory]
    [InlineData(SegmentNames.OffsetIndex)]
    [InlineData(SegmentNames.TimeIndex)]
    [InlineData(SegmentNames.Producers)]
    public void a_flipped_bit_beside_the_log_is_repairable(string suffix)
    {
        Fill();
        Stop();
        var file = Files(suffix).First(f => new FileInfo(f).Length > 10);
        Flip(file, position: suffix == SegmentNames.Producers ? 20 : 3);

        var finding = Assert.Single(Verify().Findings);

        Assert.Equal((FindingKind.Repairable, Path.GetFileName(file)), (finding.Kind, finding.File));
    }

    [Fact]
    public void an_unreadable_checkpoint_is_damage_and_a_missing_one_repairable()
    {
        Fill();
        Stop();
        var file = Path.Combine(Directory, LogCheckpoint.FileName);
        Flip(file, position: 20);
        Flip(file, position: 532);

        var damage = Assert.Single(Verify().Findings);

        Assert.Equal((FindingKind.Damage, LogCheckpoint.FileName), (damage.Kind, damage.File));
        Assert.Throws<CorruptLogException>(() => Reopen(trust: true));
        File.Delete(file);
        Assert.Equal(FindingKind.Repairable, Assert.Single(Verify().Findings).Kind);
    }

    [Fact]
    public void a_missing_index_is_repairable_and_a_leftover_a_note()
    {
        Fill();
        Stop();
        File.Delete(Files(SegmentNames.TimeIndex)[0]);
        File.WriteAllText(Path.Combine(Directory, "00000000000000000000.index.tmp"), "");

        Assert.Equal([FindingKind.Note, FindingKind.Repairable], Verify().Findings.Select(f => f.Kind).Order());
    }

    [Fact]
    public void the_report_reads_as_one_line_and_one_for_each_finding()
    {
        Fill();
        Stop();
        Flip(Files(SegmentNames.Log)[0], position: 65);
        using var text = new StringWriter();

        Verify().WriteTo(text);

        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("orders-0: DAMAGED, offsets 0 to 30, ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("  damage: 00000000000000000000.log at position 0: offset 0: ", lines[1], StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Stop();
        _temp.Dispose();
    }

    private static byte[] Batch() => LogScenario.ProducerBatch(producerId: -1, epoch: -1, sequence: -1);

    private void Fill()
    {
        _data = DataDirectory.Open(_temp.Path);
        _log = _data.OpenLog("orders-0", Options, TimeProvider.System, NullLogger.Instance);
        for (var i = 0; i < 30; i++)
            _log.Append(LogScenario.ProducerBatch(producerId: 1, epoch: 0, sequence: i, timestamp: TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + i), LogScenario.Epoch);
    }

    private void Stop()
    {
        _log?.Dispose();
        _data?.Dispose();
        (_log, _data) = (null, null);
    }

    private void Reopen(bool trust)
    {
        if (!trust)
            File.Delete(Files(SegmentNames.OffsetIndex)[1]);
        PartitionLog.Open(Directory, Options, TimeProvider.System, NullLogger.Instance).Dispose();
    }

    private PartitionReport Verify() => Verify(_temp.Path);

    private static PartitionReport Verify(string path)
    {
        using var directory = InspectedDirectory.Open(path);
        return directory.Verify(Assert.Single(directory.Directories, directory.IsLog));
    }

    private string[] Files(string suffix) => [.. System.IO.Directory.GetFiles(Directory, "*" + suffix).Order()];

    private string CrashImage()
    {
        var image = Path.Combine(_temp.Path, "image");
        System.IO.Directory.CreateDirectory(Path.Combine(image, "orders-0"));
        foreach (var file in System.IO.Directory.GetFiles(Directory))
            File.Copy(file, Path.Combine(image, "orders-0", Path.GetFileName(file)));
        return image;
    }

    private static void Flip(string path, int position)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[position] ^= 0x40;
        File.WriteAllBytes(path, bytes);
    }

    private string Snapshot() => string.Join('\n', System.IO.Directory.GetFiles(_temp.Path, "*", SearchOption.AllDirectories)
        .Order().Select(f => $"{f} {File.GetLastWriteTimeUtc(f):O} {Convert.ToHexString(File.ReadAllBytes(f))}"));
}
