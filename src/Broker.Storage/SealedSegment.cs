using Broker.Records;

namespace Broker.Storage;

/// <summary>A segment that can only be read or deleted. All of it, indexes included, is on disk.</summary>
internal sealed class SealedSegment(SegmentFiles files, SegmentExtent extent) : Segment(files)
{
    public override SegmentExtent Extent => extent;

    public override (long Timestamp, long Offset) LargestTimestamp
    {
        get
        {
            var entries = TimeEntries;
            var count = TimeIndex.Count(entries);
            if (count == 0)
                return (RecordBatchHeader.NoTimestamp, -1);
            var (timestamp, relativeOffset) = TimeIndex.At(entries, count - 1);
            return (timestamp, BaseOffset + relativeOffset);
        }
    }

    protected override ReadOnlySpan<byte> OffsetEntries => Files.OffsetIndexEntries;

    protected override ReadOnlySpan<byte> TimeEntries => Files.TimeIndexEntries;

    protected override ReadOnlySpan<byte> TransactionEntries => Files.TransactionIndexEntries;
}
