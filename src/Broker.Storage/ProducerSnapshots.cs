using Broker.Storage.Disks;
using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>The snapshot files of one log: at the start of each segment, and at the log's end after a clean stop.</summary>
internal sealed class ProducerSnapshots(Disk disk, string directory, ILogger logger)
{
    public void Write(ProducerStates states, long offset) =>
        disk.ReplaceFile(PathOf(offset), ProducerSnapshot.Encode(states));

    /// <summary>
    /// The newest readable snapshot at or below <paramref name="newest"/>. Those above <paramref name="logEndOffset"/> describe batches that
    /// recovery cut off, and are deleted before other batches take these offsets.
    /// </summary>
    public (ProducerStates States, long Offset) Load(long logEndOffset, long newest)
    {
        foreach (var offset in SegmentNames.List(disk, directory, SegmentNames.Producers).Reverse())
        {
            if (offset > logEndOffset)
            {
                disk.DeleteFile(PathOf(offset));
                continue;
            }

            if (offset > newest)
                continue;
            if (ProducerSnapshot.Decode(disk.ReadFile(PathOf(offset))) is { } states)
                return (states, offset);
            logger.SnapshotDamaged(PathOf(offset));
        }

        return (new ProducerStates(), 0);
    }

    /// <summary>Deletes those that neither begin a segment nor are <paramref name="newest"/>.</summary>
    public void Prune(IEnumerable<long> segmentBaseOffsets, long newest)
    {
        foreach (var offset in SegmentNames.List(disk, directory, SegmentNames.Producers).Except(segmentBaseOffsets))
        {
            if (offset != newest)
                disk.DeleteFile(PathOf(offset));
        }
    }

    private string PathOf(long offset) => SegmentNames.PathOf(directory, offset, SegmentNames.Producers);
}
