using System.Text.RegularExpressions;
using Broker.Records;
using Broker.Storage.Disks;
using Broker.Storage.Inspection;
using Broker.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Storage.Tests.Inspection;

public sealed class DumpTests
{
    private static readonly string Data = Path.GetFullPath("/data");
    private static readonly string File = SegmentNames.PathOf(Path.Combine(Data, "orders-0"), 0, SegmentNames.Log);

    private readonly MemoryDisk _disk = new();

    [Fact]
    public void batches_and_records_read_as_kafka_prints_them()
    {
        var builder = new RecordBatchBuilder { ProducerId = 7, ProducerEpoch = 1, BaseSequence = 3 };
        builder.Add(1_700_000_000_000, "key"u8.ToArray(), "value"u8.ToArray(), new RecordHeader("a", [1]), new RecordHeader("b", null));
        builder.Add(1_700_000_000_005, null, [0xFF, 0x00]);
        builder.Add(1_700_000_000_004, "gone"u8.ToArray(), null);
        using (var log = Open())
            log.Append(builder.Build(), leaderEpoch: 2);

        Assert.Equal(
            $"""
             Dumping {File}
             Log starting offset: 0
             baseOffset: 0 lastOffset: 2 count: 3 baseSequence: 3 lastSequence: 5 producerId: 7 producerEpoch: 1 partitionLeaderEpoch: 2 isTransactional: false isControl: false position: 0 CreateTime: 1700000000005 size: 103 magic: 2 compresscodec: none crc: 0 isvalid: true
             | offset: 0 CreateTime: 1700000000000 keySize: 3 valueSize: 5 sequence: 3 headerKeys: [a,b] key: key payload: value
             | offset: 1 CreateTime: 1700000000005 keySize: -1 valueSize: 2 sequence: 4 headerKeys: [] payload: 0xFF00
             | offset: 2 CreateTime: 1700000000004 keySize: 4 valueSize: -1 sequence: 5 headerKeys: [] key: gone

             """,
            Regex.Replace(Dump(), "crc: [0-9]+", "crc: 0"));
    }

    [Fact]
    public void a_range_begins_with_the_batch_that_holds_its_first_offset()
    {
        using (var log = Open())
        {
            for (var i = 0; i < 6; i++)
                log.Append(LogScenario.ProducerBatch(-1, -1, -1, count: 2), leaderEpoch: 0);
        }

        var lines = Dump(new LogDumpOptions { FromOffset = 3, ToOffset = 6, Records = false }).Split('\n');

        Assert.Equal(["baseOffset: 2", "baseOffset: 4"], lines.Where(l => l.StartsWith("base", StringComparison.Ordinal)).Select(l => l[..13]));
    }

    [Fact]
    public void a_marker_says_how_its_transaction_ended()
    {
        using (var log = Open())
        {
            log.Append(LogScenario.ProducerBatch(1, 0, 0, transactional: true), leaderEpoch: 0);
            log.AppendMarker(1, 0, commit: false, coordinatorEpoch: 5, leaderEpoch: 0);
        }

        Assert.Contains("endTxnMarker: ABORT coordinatorEpoch: 5", Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void it_stops_in_front_of_damage_and_says_where()
    {
        using (var log = Open())
        {
            log.Append(LogScenario.ProducerBatch(-1, -1, -1), leaderEpoch: 0);
            log.Append(LogScenario.ProducerBatch(-1, -1, -1), leaderEpoch: 0);
        }

        long second;
        using (var file = _disk.Open(File, FileMode.Open, FileAccess.ReadWrite))
        {
            second = file.Length / 2;
            file.Write([0xAA], file.Length - 1);
        }

        var output = new StringWriter();
        var damage = LogInspection.Dump(output, Data, "orders", 0, disk: _disk);

        Assert.Equal((FindingKind.Damage, "00000000000000000000.log", second), (damage!.Kind, damage.File, damage.Position));
        Assert.DoesNotContain("offset: 1 ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void an_unknown_partition_is_refused() =>
        Assert.Throws<DirectoryNotFoundException>(() => LogInspection.Dump(TextWriter.Null, Data, "orders", 1, disk: _disk));

    private PartitionLog Open() =>
        PartitionLog.Open(Path.Combine(Data, "orders-0"), new LogOptions { SegmentBytes = 200 }, TimeProvider.System, NullLogger.Instance, _disk);

    private string Dump(LogDumpOptions? options = null)
    {
        var output = new StringWriter { NewLine = "\n" };
        Assert.Null(LogInspection.Dump(output, Data, "orders", 0, options, _disk));
        return output.ToString();
    }
}
