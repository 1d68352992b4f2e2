using System.Buffers;

namespace Broker.Records;

/// <summary>
/// Takes records out of a batch, as compaction does: <see cref="Filter"/> one, then build what is left of it. Its offsets, sequences
/// and whatever else the header says of the batch as a whole stay, and so do codec and timestamps of the records. Reusable; not thread-safe.
/// </summary>
public sealed class RecordBatchEditor
{
    private readonly ArrayBufferWriter<byte> _records = new();
    private readonly ArrayBufferWriter<byte> _shifted = new();
    private readonly MemoryStream _batch = new();
    private RecordBatchHeader _header;

    /// <summary>Whether a record stays.</summary>
    public delegate bool RecordFilter(scoped in Record record);

    /// <summary>Records that stay.</summary>
    public int Kept { get; private set; }

    /// <summary>Whether one of them has no value.</summary>
    public bool KeepsTombstone { get; private set; }

    /// <summary>The largest of their timestamps, in milliseconds since the Unix epoch; -1 without one.</summary>
    public long MaxTimestamp { get; private set; }

    /// <summary>Asks <paramref name="keep"/> about every record.</summary>
    /// <param name="batch">One whole batch whose CRC was checked.</param>
    /// <param name="keep">Called in order of offsets; the record is valid during the call.</param>
    /// <returns>Other than <see cref="BatchFault.None"/>: the records cannot be read, and nothing may be built.</returns>
    public BatchFault Filter(ReadOnlySpan<byte> batch, RecordFilter keep)
    {
        (Kept, KeepsTombstone, MaxTimestamp) = (0, false, RecordBatchHeader.NoTimestamp);
        _records.ResetWrittenCount();
        if (!RecordBatch.TryTake(ref batch, out var whole, out _header))
            return BatchFault.Corrupt;
        var payload = whole[RecordBatchHeader.Size..];
        if (_header.RecordCount == 0 || _header.Compression == CompressionType.None)
            return Walk(payload, keep);
        using var decompressed = Decompression.Decompress(_header.Compression, payload);
        return decompressed.Fault == BatchFault.None ? Walk(decompressed.Bytes, keep) : decompressed.Fault;
    }

    /// <summary>The batch with the records that stay, at least one.</summary>
    /// <param name="deleteHorizonMs">See <see cref="RecordBatchHeader.DeleteHorizonMs"/>; null where the batch has none.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> Build(long? deleteHorizonMs)
    {
        var baseTimestamp = deleteHorizonMs ?? _header.BaseTimestamp;
        var records = baseTimestamp == _header.BaseTimestamp ? _records : CountFrom(baseTimestamp);
        _batch.SetLength(0);
        _batch.Write(stackalloc byte[RecordBatchHeader.Size]);
        Compression.Compress(_header.Compression, records.WrittenSpan, _batch);
        var horizonBit = deleteHorizonMs is null ? 0 : RecordBatchHeader.DeleteHorizonBit;
        return Finish(_header with
        {
            Attributes = (short)((_header.Attributes & ~RecordBatchHeader.DeleteHorizonBit) | horizonBit),
            BaseTimestamp = baseTimestamp,
            MaxTimestamp = MaxTimestamp,
            RecordCount = Kept,
        });
    }

    /// <summary>The whole batch in another codec.</summary>
    /// <param name="batch">One whole valid batch.</param>
    /// <param name="codec">How its records are to be compressed.</param>
    public static byte[] Recompress(ReadOnlySpan<byte> batch, CompressionType codec)
    {
        var editor = new RecordBatchEditor();
        if (editor.Filter(batch, static (scoped in _) => true) != BatchFault.None)
            throw new ArgumentException("Not a valid batch.", nameof(batch));
        editor._header = editor._header with { Attributes = (short)((editor._header.Attributes & ~RecordBatchHeader.CompressionMask) | (int)codec) };
        return editor.Build(editor._header.DeleteHorizonMs).ToArray();
    }

    /// <summary>The header alone: what is left of the offsets, the producer's last sequence and its epoch.</summary>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> BuildEmpty()
    {
        _batch.SetLength(0);
        _batch.Write(stackalloc byte[RecordBatchHeader.Size]);
        return Finish(_header with
        {
            Attributes = (short)(_header.Attributes & ~(RecordBatchHeader.CompressionMask | RecordBatchHeader.DeleteHorizonBit)),
            BaseTimestamp = RecordBatchHeader.NoTimestamp,
            RecordCount = 0,
        });
    }

    private BatchFault Walk(ReadOnlySpan<byte> records, RecordFilter keep)
    {
        var input = new RecordInput(records);
        for (var i = 0; i < _header.RecordCount; i++)
        {
            var rest = input.Rest;
            if (!RecordReader.TryReadRecord(ref input, _header, out _, out var record))
                return BatchFault.Invalid;
            if (!keep(record))
                continue;
            _records.Write(rest[..^input.Remaining]);
            Kept++;
            KeepsTombstone |= !record.HasValue;
            MaxTimestamp = Math.Max(MaxTimestamp, record.Timestamp);
        }

        return input.Remaining == 0 ? BatchFault.None : BatchFault.Invalid;
    }

    /// <summary>The kept records, their timestamps counted from another base.</summary>
    private ArrayBufferWriter<byte> CountFrom(long baseTimestamp)
    {
        _shifted.ResetWrittenCount();
        var input = new RecordInput(_records.WrittenSpan);
        while (input.Remaining > 0)
        {
            var record = new RecordInput(input.Take(input.Int()));
            var attributes = record.Byte();
            var delta = unchecked(_header.BaseTimestamp + record.Long() - baseTimestamp);
            WriteVarint(sizeof(byte) + Varint.SizeOf(delta) + record.Remaining);
            _shifted.Write([attributes]);
            WriteVarint(delta);
            _shifted.Write(record.Rest);
        }

        return _shifted;
    }

    private void WriteVarint(long value) => _shifted.Advance(Varint.Write(_shifted.GetSpan(Varint.MaxSize64), value));

    private ReadOnlySpan<byte> Finish(scoped in RecordBatchHeader header)
    {
        var batch = _batch.GetBuffer().AsSpan(0, (int)_batch.Length);
        var sized = header with { BatchLength = batch.Length - RecordBatchHeader.LengthPrefix };
        sized.Write(batch);
        (sized with { Crc = RecordBatch.ComputeCrc(batch) }).Write(batch);
        return batch;
    }
}
