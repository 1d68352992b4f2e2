using System.Globalization;
using System.Text;
using Broker.Records;
using Broker.Storage.Disks;

namespace Broker.Storage.Inspection;

/// <summary>A log as text. What is not UTF-8 comes in hexadecimal behind 0x.</summary>
internal sealed class LogDump(Disk disk, string directory, LogDumpOptions options, TextWriter output)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public Finding? Run()
    {
        var baseOffsets = SegmentNames.List(disk, directory, SegmentNames.Log);
        for (var i = 0; i < baseOffsets.Length && baseOffsets[i] < options.ToOffset; i++)
        {
            if (i + 1 < baseOffsets.Length && baseOffsets[i + 1] <= options.FromOffset)
                continue;
            if (DumpSegment(baseOffsets[i]) is { } damage)
                return damage;
        }

        return null;
    }

    private Finding? DumpSegment(long baseOffset)
    {
        var path = SegmentNames.PathOf(directory, baseOffset, SegmentNames.Log);
        using var file = disk.Open(path, FileMode.Open, FileAccess.Read);
        using var scanner = new BatchScanner(file, 0, file.Length, checkCrc: true);
        output.WriteLine($"Dumping {path}");
        output.WriteLine(Text($"Log starting offset: {baseOffset}"));
        while (scanner.MoveNext() && scanner.Header.BaseOffset < options.ToOffset)
        {
            if (scanner.Header.LastOffset < options.FromOffset)
                continue;
            WriteBatch(scanner.Header, scanner.Position);
            if (options.Records && WriteRecords(file, scanner.Header, scanner.Position) is var fault and not BatchFault.None)
                return new Finding(FindingKind.Damage, Path.GetFileName(path), scanner.Position, $"offset {scanner.Header.BaseOffset}: its records cannot be read ({fault})");
        }

        return scanner.Damage is { } damage ? new Finding(FindingKind.Damage, Path.GetFileName(path), scanner.Position, damage) : null;
    }

    private void WriteBatch(in RecordBatchHeader header, long position) => output.WriteLine(Text(
        $"baseOffset: {header.BaseOffset} lastOffset: {header.LastOffset} count: {header.RecordCount} baseSequence: {header.BaseSequence} lastSequence: {header.LastSequence} producerId: {header.ProducerId} producerEpoch: {header.ProducerEpoch} partitionLeaderEpoch: {header.PartitionLeaderEpoch} isTransactional: {Word(header.IsTransactional)} isControl: {Word(header.IsControl)} position: {position} {header.TimestampType}: {header.MaxTimestamp} size: {header.SizeInBytes} magic: {header.Magic} compresscodec: {header.Compression.ToString().ToLowerInvariant()} crc: {header.Crc} isvalid: true"));

    private BatchFault WriteRecords(DiskFile file, in RecordBatchHeader header, long position)
    {
        var batch = new byte[header.SizeInBytes];
        file.ReadExactly(batch, position);
        if (header.IsControl)
        {
            output.WriteLine(EndTransactionMarker.TryRead(batch, out var marker)
                ? Text($"| offset: {header.BaseOffset} {header.TimestampType}: {header.MaxTimestamp} endTxnMarker: {(marker.Commit ? "COMMIT" : "ABORT")} coordinatorEpoch: {marker.CoordinatorEpoch}")
                : Text($"| offset: {header.BaseOffset} a control record of a kind that is not known"));
            return BatchFault.None;
        }

        using var reader = new RecordReader(batch);
        while (reader.Read(out var record))
            WriteRecord(header, record);
        return reader.Fault;
    }

    private void WriteRecord(in RecordBatchHeader header, in Record record)
    {
        var sequence = header.BaseSequence < 0 ? RecordBatchHeader.NoSequence : (header.BaseSequence + (record.Offset - header.BaseOffset)) & int.MaxValue;
        output.Write(Text($"| offset: {record.Offset} {header.TimestampType}: {record.Timestamp} keySize: {(record.HasKey ? record.Key.Length : -1)} valueSize: {(record.HasValue ? record.Value.Length : -1)} sequence: {sequence}"));
        output.Write($" headerKeys: [{string.Join(',', record.ReadHeaders().Select(static h => h.Key))}]");
        if (record.HasKey)
            output.Write($" key: {Printed(record.Key)}");
        if (record.HasValue)
            output.Write($" payload: {Printed(record.Value)}");
        output.WriteLine();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Word(bool value) => value ? "true" : "false";

    private static string Printed(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var text = StrictUtf8.GetString(bytes);
            if (!text.Any(char.IsControl))
                return text;
        }
        catch (DecoderFallbackException)
        {
            // Not text at all.
        }

        return "0x" + Convert.ToHexString(bytes);
    }
}
