using Broker.Records;
using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>The segments of a log at one moment, oldest first, the active one last. Immutable: readers keep the list they took.</summary>
internal sealed class SegmentList(Segment[] segments)
{
    public int Count => segments.Length;

    public Segment First => segments[0];

    public Segment Last => segments[^1];

    public ReadOnlySpan<Segment> All => segments;

    public IEnumerable<long> BaseOffsets => segments.Select(static s => s.BaseOffset);

    public long SizeInBytes
    {
        get
        {
            var size = 0L;
            foreach (var segment in segments)
                size += segment.SizeInBytes;
            return size;
        }
    }

    public SegmentList Rolled(SealedSegment last, ActiveSegment next) => new([.. segments[..^1], last, next]);

    public SegmentList WithoutOldest(int count) => new(segments[count..]);

    /// <summary>The last segment that begins at or below <paramref name="offset"/>, else the first.</summary>
    public Segment Floor(long offset) => segments[IndexOfFloor(offset)];

    private int IndexOfFloor(long offset)
    {
        var (low, high) = (0, segments.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (segments[middle].BaseOffset <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    /// <summary>Aborted transactions with records from <paramref name="from"/> on and below <paramref name="toExclusive"/>, by offset of their markers.</summary>
    public List<AbortedRange>? FindAborted(long from, long toExclusive)
    {
        var found = (List<AbortedRange>?)null;
        for (var i = IndexOfFloor(from); i < segments.Length; i++)
        {
            if (!segments[i].Files.TryAcquire())
                continue;
            try
            {
                if (!segments[i].CollectAborted(from, toExclusive, ref found))
                    break;
            }
            finally
            {
                segments[i].Files.Release();
            }
        }

        return found;
    }

    /// <summary>The first record at or after <paramref name="startOffset"/> that is at least as new as <paramref name="timestamp"/>.</summary>
    public OffsetAndTimestamp? FindByTimestamp(long timestamp, long startOffset)
    {
        foreach (var segment in segments)
        {
            if (!segment.Files.TryAcquire())
                continue;
            try
            {
                if (segment.LargestTimestamp.Timestamp >= timestamp && segment.FindByTimestamp(timestamp, startOffset) is { } found)
                    return found;
            }
            finally
            {
                segment.Files.Release();
            }
        }

        return null;
    }

    /// <summary>In milliseconds since the Unix epoch; -1 when no record has a timestamp.</summary>
    public long LargestTimestamp()
    {
        var largest = RecordBatchHeader.NoTimestamp;
        foreach (var segment in segments)
        {
            if (!segment.Files.TryAcquire())
                continue;
            try
            {
                largest = Math.Max(largest, segment.LargestTimestamp.Timestamp);
            }
            finally
            {
                segment.Files.Release();
            }
        }

        return largest;
    }

    /// <summary>Only while no segment can go away: under the log's flush lock.</summary>
    public SegmentAge[] Ages(Disk disk) =>
        Array.ConvertAll(segments, segment =>
        {
            var newest = segment.LargestTimestamp.Timestamp;
            if (newest < 0)
                newest = disk.StatusOf(segment.Files.LogPath)?.LastWriteMs ?? throw new FileNotFoundException("A segment's file is gone.", segment.Files.LogPath);
            return new SegmentAge(segment.BaseOffset, segment.SizeInBytes, newest);
        });
}
