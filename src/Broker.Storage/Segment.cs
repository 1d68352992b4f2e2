using System.Buffers;
using Broker.Records;
using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>
/// What the active and the sealed segment can both do: find batches. Callers hold a reference to
/// <see cref="Files"/>. Indexes are hints: each answer is compared with the log before it is believed.
/// </summary>
internal abstract class Segment(SegmentFiles files)
{
    public SegmentFiles Files => files;

    public long BaseOffset => files.BaseOffset;

    /// <summary>How far the segment reaches: size and end offset that belong together. In the active segment it grows.</summary>
    public abstract SegmentExtent Extent { get; }

    public int SizeInBytes => Extent.SizeInBytes;

    /// <summary>In milliseconds; -1 when there is none.</summary>
    public abstract long LargestTimestamp { get; }

    protected abstract ReadOnlySpan<byte> OffsetEntries { get; }

    protected abstract ReadOnlySpan<byte> TimeEntries { get; }

    protected abstract ReadOnlySpan<byte> TransactionEntries { get; }

    /// <summary>Largest timestamp in milliseconds; for records without any, when the file was last written.</summary>
    public long NewestMs(Disk disk)
    {
        var newest = LargestTimestamp;
        return newest >= 0
            ? newest
            : disk.StatusOf(files.LogPath)?.LastWriteMs ?? throw new FileNotFoundException("A segment's file is gone.", files.LogPath);
    }

    /// <summary>Largest timestamp of its first batch in milliseconds, -1 when it has none.</summary>
    public long FirstTimestamp()
    {
        var cursor = new HeaderCursor(files, stackalloc byte[RecordBatchHeader.Size], SizeInBytes);
        return cursor.TryRead(0, out var header) ? header.MaxTimestamp : RecordBatchHeader.NoTimestamp;
    }

    /// <summary>Adds what this segment knows about aborted transactions with records in the range; see <see cref="TransactionIndex.Collect"/>.</summary>
    public bool CollectAborted(long from, long toExclusive, ref List<AbortedRange>? found) =>
        TransactionIndex.Collect(TransactionEntries, from, toExclusive, ref found);

    /// <summary>What <see cref="PartitionLog.Read"/> promises, within this segment. A slice takes over the caller's reference.</summary>
    /// <param name="offset">As there.</param>
    /// <param name="maxBytes">As there.</param>
    /// <param name="maxOffsetExclusive">As there.</param>
    /// <param name="minOneBatch">As there.</param>
    /// <param name="skipsEmpty">Not to begin with batches that compaction has emptied.</param>
    /// <param name="resumeAt">Where to go on when only such are in the way; else -1.</param>
    public LogSlice? Slice(long offset, int maxBytes, long maxOffsetExclusive, bool minOneBatch, bool skipsEmpty, out long resumeAt)
    {
        var (size, endOffset) = Extent;
        var limit = (long)size;
        resumeAt = -1;
        if (!TryFindBatch(offset, limit, out var position, out var header) || header.BaseOffset >= maxOffsetExclusive)
            return null;
        if (skipsEmpty && header.RecordCount == 0 && !TrySkipEmpty(limit, ref position, ref header))
        {
            resumeAt = endOffset;
            return null;
        }

        if (header.BaseOffset >= maxOffsetExclusive)
        {
            resumeAt = maxOffsetExclusive;
            return null;
        }

        if (maxOffsetExclusive < endOffset)
            limit = PositionOfBatchAtOrAfter(maxOffsetExclusive, limit);

        long sliceEnd;
        if (header.SizeInBytes > maxBytes)
            sliceEnd = minOneBatch ? position + header.SizeInBytes : position;
        else if (limit - position <= maxBytes)
            sliceEnd = limit;
        else
            sliceEnd = BatchBoundaryAtOrBelow(position + maxBytes, position, limit);
        return sliceEnd == position ? null : LogSlice.Rent(files, position, (int)(sliceEnd - position));
    }

    /// <summary>First batch below <paramref name="limit"/> that ends at or after <paramref name="offset"/>.</summary>
    public bool TryFindBatch(long offset, long limit, out long position, out RecordBatchHeader header)
    {
        var cursor = new HeaderCursor(files, stackalloc byte[HeaderCursor.BufferSize], limit);
        position = StartOfScan(ref cursor, OffsetIndex.FloorByOffset(OffsetEntries, offset - BaseOffset), limit);
        while (cursor.TryRead(position, out header))
        {
            if (header.LastOffset >= offset)
                return true;
            position += header.SizeInBytes;
        }

        return false;
    }

    /// <summary>Where the first batch that starts at or after <paramref name="offset"/> begins; <paramref name="limit"/> when there is none.</summary>
    public long PositionOfBatchAtOrAfter(long offset, long limit)
    {
        var cursor = new HeaderCursor(files, stackalloc byte[HeaderCursor.BufferSize], limit);
        var position = StartOfScan(ref cursor, OffsetIndex.FloorByOffset(OffsetEntries, offset - 1 - BaseOffset), limit);
        while (cursor.TryRead(position, out var header) && header.BaseOffset < offset)
            position += header.SizeInBytes;
        return position;
    }

    /// <summary>The last batch boundary at or below <paramref name="position"/>, itself at least <paramref name="start"/>, a boundary too.</summary>
    public long BatchBoundaryAtOrBelow(long position, long start, long limit)
    {
        var cursor = new HeaderCursor(files, stackalloc byte[HeaderCursor.BufferSize], limit);
        var boundary = Math.Max(start, StartOfScan(ref cursor, OffsetIndex.FloorByPosition(OffsetEntries, position), limit));
        while (cursor.TryRead(boundary, out var header) && boundary + header.SizeInBytes <= position)
            boundary += header.SizeInBytes;
        return boundary;
    }

    /// <summary>First record at or after <paramref name="startOffset"/> that is at least as new as <paramref name="timestamp"/>.</summary>
    public OffsetAndTimestamp? FindByTimestamp(long timestamp, long startOffset)
    {
        var limit = SizeInBytes;
        var times = TimeEntries;
        var floor = TimeIndex.Floor(times, timestamp);
        var scanFrom = floor < 0 ? BaseOffset : BaseOffset + TimeIndex.At(times, floor).RelativeOffset;
        if (!TryFindBatch(Math.Max(scanFrom, startOffset), limit, out var position, out var header))
            return null;

        var cursor = new HeaderCursor(files, stackalloc byte[HeaderCursor.BufferSize], limit);
        do
        {
            if (header.MaxTimestamp >= timestamp && FindInBatch(position, header, timestamp, startOffset) is { } found)
                return found;
            position += header.SizeInBytes;
        }
        while (cursor.TryRead(position, out header));

        return null;
    }

    private bool TrySkipEmpty(long limit, ref long position, ref RecordBatchHeader header)
    {
        var cursor = new HeaderCursor(files, stackalloc byte[HeaderCursor.BufferSize], limit);
        while (header.RecordCount == 0)
        {
            position += header.SizeInBytes;
            if (!cursor.TryRead(position, out header))
                return false;
        }

        return true;
    }

    private OffsetAndTimestamp? FindInBatch(long position, in RecordBatchHeader header, long timestamp, long startOffset)
    {
        var size = (int)header.SizeInBytes;
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            files.Log.ReadExactly(buffer.AsSpan(0, size), position);
            using var reader = new RecordReader(buffer.AsSpan(0, size));
            while (reader.Read(out var record))
            {
                if (record.Timestamp >= timestamp && record.Offset >= startOffset)
                    return new OffsetAndTimestamp(record.Offset, record.Timestamp, header.PartitionLeaderEpoch);
            }

            return reader.Fault == BatchFault.None
                ? null
                : throw new CorruptLogException(files.LogPath, position, header.BaseOffset, "its records cannot be read");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>An entry that does not meet its batch in the log counts for nothing: the scan then starts at the front.</summary>
    private long StartOfScan(scoped ref HeaderCursor cursor, int entry, long limit)
    {
        if (entry < 0)
            return 0;
        var (relativeOffset, position) = OffsetIndex.At(OffsetEntries, entry);
        if (position < 0 || position >= limit)
            return 0;
        return cursor.IsBatchEndingAt(position, BaseOffset + relativeOffset) ? position : 0;
    }
}
