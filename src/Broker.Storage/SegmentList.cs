using Broker.Records;
using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>The segments of a log at one moment, oldest first, the active one last. Immutable: readers keep the list they took.</summary>
internal sealed class SegmentList(Segment[] segments)
{
    /// <summary>The largest timestamp of each sealed segment and those before it: ascends whatever order the records are in.</summary>
    private readonly long[] _largestUpTo = LargestUpTo(segments);

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

    /// <summary>This list with one segment in the place of some neighbours; null when they are not all in it any more.</summary>
    public SegmentList? WithReplaced(IReadOnlyList<Segment> replaced, Segment replacement)
    {
        var first = Array.IndexOf(segments, replaced[0]);
        if (first < 0 || !segments.Skip(first).Take(replaced.Count).SequenceEqual(replaced))
            return null;
        return new([.. segments[..first], replacement, .. segments[(first + replaced.Count)..]]);
    }

    /// <summary>Aborted transactions with records from <paramref name="from"/> on and below <paramref name="toExclusive"/>, by offset of their markers.</summary>
    /// <returns>False when a segment has gone since the list was taken: ask the log's present one.</returns>
    public bool TryFindAborted(long from, long toExclusive, out List<AbortedRange>? found)
    {
        found = null;
        for (var i = IndexOfFloor(from); i < segments.Length; i++)
        {
            if (!segments[i].Files.TryAcquire())
                return false;
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

        return true;
    }

    /// <summary>The first record at or after <paramref name="startOffset"/> that is at least as new as <paramref name="timestamp"/>.</summary>
    /// <returns>As <see cref="TryFindAborted"/>.</returns>
    public bool TryFindByTimestamp(long timestamp, long startOffset, out OffsetAndTimestamp? found)
    {
        found = null;
        for (var i = FirstWithLargest(timestamp); i < segments.Length; i++)
        {
            var segment = segments[i];
            if (!segment.Files.TryAcquire())
                return false;
            try
            {
                if (segment.LargestTimestamp >= timestamp && (found = segment.FindByTimestamp(timestamp, startOffset)) is not null)
                    break;
            }
            finally
            {
                segment.Files.Release();
            }
        }

        return true;
    }

    /// <summary>The first of the records with the largest timestamp; null when none has one.</summary>
    /// <returns>As <see cref="TryFindAborted"/>.</returns>
    public bool TryFindMaxTimestamp(long startOffset, out OffsetAndTimestamp? found)
    {
        found = null;
        var largest = Math.Max(Last.LargestTimestamp, _largestUpTo.LastOrDefault(RecordBatchHeader.NoTimestamp));
        return largest < 0 || TryFindByTimestamp(largest, startOffset, out found);
    }

    /// <summary>Only while no segment can go away: under the log's flush lock.</summary>
    public SegmentAge[] Ages(Disk disk) =>
        Array.ConvertAll(segments, segment => new SegmentAge(segment.BaseOffset, segment.SizeInBytes, segment.NewestMs(disk)));

    private static long[] LargestUpTo(Segment[] segments)
    {
        var largest = new long[segments.Length - 1];
        for (var i = 0; i < largest.Length; i++)
            largest[i] = Math.Max(segments[i].LargestTimestamp, i == 0 ? RecordBatchHeader.NoTimestamp : largest[i - 1]);
        return largest;
    }

    /// <summary>All segments before it have only older records; the active one when all sealed ones do.</summary>
    private int FirstWithLargest(long timestamp)
    {
        var (low, high) = (0, _largestUpTo.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_largestUpTo[middle] < timestamp)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

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
}
