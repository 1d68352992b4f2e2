using System.Runtime.InteropServices;
using Broker.Records;

namespace Broker.Storage;

/// <summary>What must be known about the batches of one append before they are placed.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PendingAppend(RecordBatchHeader FirstHeader, EndTransactionMarker? Marker, int SizeInBytes, long Records, long MaxTimestamp)
{
    /// <exception cref="ArgumentException">Not whole batches, or several with a producer id among them.</exception>
    public static PendingAppend Parse(ReadOnlySpan<byte> batches)
    {
        var rest = batches;
        var (count, records, maxTimestamp) = (0, 0L, RecordBatchHeader.NoTimestamp);
        var first = default(RecordBatchHeader);
        var hasProducer = false;
        while (RecordBatch.TryTake(ref rest, out _, out var header))
        {
            if (header.Magic != RecordBatchHeader.CurrentMagic || header.LastOffsetDelta < 0)
                throw new ArgumentException($"Batch {count} is not a valid v2 batch.", nameof(batches));
            if (count++ == 0)
                first = header;
            records += header.LastOffsetDelta + 1L;
            maxTimestamp = Math.Max(maxTimestamp, header.MaxTimestamp);
            hasProducer |= header.HasProducerId;
        }

        if (count == 0 || !rest.IsEmpty)
            throw new ArgumentException("An append takes one or more whole batches and nothing else.", nameof(batches));
        if (hasProducer && count > 1)
            throw new ArgumentException("A batch with a producer id is appended by itself.", nameof(batches));
        return new PendingAppend(first, first.IsControl ? ReadMarker(batches) : null, batches.Length, records, maxTimestamp);
    }

    private static EndTransactionMarker ReadMarker(ReadOnlySpan<byte> batch) =>
        EndTransactionMarker.TryRead(batch, out var marker)
            ? marker
            : throw new ArgumentException("The control batch is no marker that ends a transaction.", nameof(batch));

    /// <param name="batches">Changed in place.</param>
    /// <param name="baseOffset">Of the first batch; the others follow without gaps.</param>
    /// <param name="leaderEpoch">Of every batch.</param>
    /// <param name="logAppendTime">In milliseconds; -1 leaves the producer's timestamps.</param>
    /// <returns>Offset of the record after the last.</returns>
    public static long Place(Span<byte> batches, long baseOffset, int leaderEpoch, long logAppendTime)
    {
        for (ReadOnlySpan<byte> rest = batches; RecordBatch.TryTake(ref rest, out var taken, out var header);)
        {
            var batch = batches[..taken.Length];
            batches = batches[taken.Length..];
            RecordBatch.SetBaseOffset(batch, baseOffset, leaderEpoch);
            if (logAppendTime >= 0)
                RecordBatch.SetTimestamps(batch, TimestampType.LogAppendTime, logAppendTime);
            baseOffset += header.LastOffsetDelta + 1L;
        }

        return baseOffset;
    }
}
