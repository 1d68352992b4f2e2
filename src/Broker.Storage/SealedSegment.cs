using Broker.Records;

namespace Broker.Storage;

/// <summary>A segment that can only be read or deleted. All of it, indexes included, is on disk.</summary>
internal sealed class SealedSegment(SegmentFiles files, SegmentExtent extent, long largestTimestamp) : Segment(files)
{
    public override SegmentExtent Extent => extent;

    public override long LargestTimestamp => largestTimestamp;

    protected override ReadOnlySpan<byte> OffsetEntries => Files.OffsetIndexEntries;

    protected override ReadOnlySpan<byte> TimeEntries => Files.TimeIndexEntries;

    protected override ReadOnlySpan<byte> TransactionEntries => Files.TransactionIndexEntries;

    /// <summary>As its index files are.</summary>
    public static SealedSegment Open(SegmentFiles files, SegmentExtent extent)
    {
        var entries = files.TimeIndexEntries;
        var count = TimeIndex.Count(entries);
        return new SealedSegment(files, extent, count == 0 ? RecordBatchHeader.NoTimestamp : TimeIndex.At(entries, count - 1).Timestamp);
    }
}
