using System.Buffers.Binary;

namespace Broker.Records;

/// <summary>What a valid batch's records say that its header does not, or may say wrongly.</summary>
/// <param name="MinTimestamp">Smallest timestamp of the records that have one; <see cref="long.MaxValue"/> when none has.</param>
/// <param name="MaxTimestamp">Largest timestamp of the records, in milliseconds since the Unix epoch; -1 when none has one.</param>
/// <param name="FirstIndexWithoutKey">Index of the first record without a key, -1 when all have one; compacted topics refuse such a batch.</param>
public readonly record struct BatchContents(long MinTimestamp, long MaxTimestamp, int FirstIndexWithoutKey);

/// <summary>
/// Checks and in-place changes of one batch's bytes. Nothing here throws on hostile input, and no announced length
/// or count leads to an allocation before that many bytes were seen.
/// </summary>
public static class RecordBatch
{
    /// <summary>Everything a broker checks before it stores a client's batch, which must be all of <paramref name="batch"/>.</summary>
    public static BatchFault Validate(ReadOnlySpan<byte> batch, out RecordBatchHeader header) => Validate(batch, out header, out _);

    /// <inheritdoc cref="Validate(ReadOnlySpan{byte}, out RecordBatchHeader)"/>
    public static BatchFault Validate(ReadOnlySpan<byte> batch, out RecordBatchHeader header, out BatchContents contents)
    {
        contents = default;
        var fault = ValidateFrame(batch, out header);
        if (fault == BatchFault.None)
            fault = ValidateHeader(header);
        return fault == BatchFault.None ? ValidateRecords(batch[RecordBatchHeader.Size..], header, out contents) : fault;
    }

    /// <summary>
    /// Length, magic and CRC of the batch at the start of <paramref name="source"/>: whether its bytes are those that were
    /// written. Bytes behind it are not looked at.
    /// </summary>
    public static bool IsIntact(ReadOnlySpan<byte> source, out RecordBatchHeader header) =>
        RecordBatchHeader.TryRead(source, out header)
        && header.Magic == RecordBatchHeader.CurrentMagic
        && header.SizeInBytes >= RecordBatchHeader.Size
        && header.SizeInBytes <= source.Length
        && ComputeCrc(source[..(int)header.SizeInBytes]) == header.Crc;

    /// <summary>Takes the next whole batch off <paramref name="rest"/>; false at its end and in front of a partial batch.</summary>
    public static bool TryTake(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> batch, out RecordBatchHeader header)
    {
        if (!RecordBatchHeader.TryRead(rest, out header) || header.SizeInBytes < RecordBatchHeader.Size || header.SizeInBytes > rest.Length)
        {
            batch = [];
            return false;
        }

        batch = rest[..(int)header.SizeInBytes];
        rest = rest[batch.Length..];
        return true;
    }

    /// <summary>Places a batch in a log. The CRC does not cover these fields and stays as it is.</summary>
    public static void SetBaseOffset(Span<byte> batch, long baseOffset, int leaderEpoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchHeader.LeaderEpochPosition..], leaderEpoch);
    }

    /// <summary>Writes timestamp type and largest timestamp, and the CRC that covers them. <paramref name="batch"/> is exactly one batch.</summary>
    public static void SetTimestamps(Span<byte> batch, TimestampType type, long maxTimestamp)
    {
        var attributes = BinaryPrimitives.ReadInt16BigEndian(batch[RecordBatchHeader.AttributesPosition..]);
        attributes = type == TimestampType.LogAppendTime
            ? (short)(attributes | RecordBatchHeader.LogAppendTimeBit)
            : (short)(attributes & ~RecordBatchHeader.LogAppendTimeBit);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchHeader.AttributesPosition..], attributes);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchHeader.MaxTimestampPosition..], maxTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(batch[RecordBatchHeader.CrcPosition..], ComputeCrc(batch));
    }

    internal static uint ComputeCrc(ReadOnlySpan<byte> batch) => Crc32C.Compute(batch[RecordBatchHeader.ChecksumStart..]);

    private static BatchFault ValidateFrame(ReadOnlySpan<byte> batch, out RecordBatchHeader header)
    {
        if (!RecordBatchHeader.TryRead(batch, out header))
            return batch.IsEmpty ? BatchFault.Invalid : BatchFault.Corrupt;
        if (header.Magic != RecordBatchHeader.CurrentMagic || header.SizeInBytes < RecordBatchHeader.Size)
            return BatchFault.Corrupt;
        if (header.SizeInBytes != batch.Length)
            return BatchFault.Invalid;
        return ComputeCrc(batch) == header.Crc ? BatchFault.None : BatchFault.Corrupt;
    }

    private static BatchFault ValidateHeader(in RecordBatchHeader header)
    {
        if (header.IsControl)
            return BatchFault.Invalid;
        if (header.TimestampType == TimestampType.LogAppendTime)
            return BatchFault.InvalidTimestamp;
        if (header.RecordCount <= 0 || header.LastOffsetDelta != header.RecordCount - 1)
            return BatchFault.Invalid;
        if (header.HasProducerId && (header.BaseSequence < 0 || header.ProducerEpoch < 0))
            return BatchFault.Invalid;
        if (header.IsTransactional && !header.HasProducerId)
            return BatchFault.Invalid;
        return header.Compression <= CompressionType.Zstd ? BatchFault.None : BatchFault.Undecompressable;
    }

    private static BatchFault ValidateRecords(ReadOnlySpan<byte> payload, in RecordBatchHeader header, out BatchContents contents)
    {
        if (header.Compression == CompressionType.None)
            return WalkRecords(payload, header, out contents);

        contents = default;
        using var records = Decompression.Decompress(header.Compression, payload);
        return records.Fault == BatchFault.None ? WalkRecords(records.Bytes, header, out contents) : records.Fault;
    }

    private static BatchFault WalkRecords(ReadOnlySpan<byte> records, in RecordBatchHeader header, out BatchContents contents)
    {
        var input = new RecordInput(records);
        var (minTimestamp, maxTimestamp) = (long.MaxValue, RecordBatchHeader.NoTimestamp);
        var firstIndexWithoutKey = -1;
        for (var i = 0; i < header.RecordCount; i++)
        {
            if (!RecordReader.TryReadRecord(ref input, header, out var offsetDelta, out var record) || offsetDelta != i)
            {
                contents = default;
                return BatchFault.Invalid;
            }

            maxTimestamp = Math.Max(maxTimestamp, record.Timestamp);
            if (record.Timestamp != RecordBatchHeader.NoTimestamp)
                minTimestamp = Math.Min(minTimestamp, record.Timestamp);
            if (firstIndexWithoutKey < 0 && !record.HasKey)
                firstIndexWithoutKey = i;
        }

        contents = new BatchContents(minTimestamp, maxTimestamp, firstIndexWithoutKey);
        return input.Remaining == 0 ? BatchFault.None : BatchFault.Invalid;
    }
}
