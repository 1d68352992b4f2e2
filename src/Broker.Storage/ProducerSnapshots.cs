using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>The snapshot files of one log: at the start of each segment, and at the log's end after a clean stop.</summary>
internal sealed class ProducerSnapshots(string directory, OpenFile open, ILogger logger)
{
    public void Write(ProducerStates states, long offset) =>
        AtomicFile.Write(PathOf(offset), ProducerSnapshot.Encode(states), open);

    /// <summary>
    /// The newest readable snapshot at or below <paramref name="newest"/>. Those above <paramref name="logEndOffset"/> describe batches that
    /// recovery cut off, and are deleted before other batches take these offsets.
    /// </summary>
    public (ProducerStates States, long Offset) Load(long logEndOffset, long newest)
    {
        foreach (var offset in SegmentNames.List(directory, SegmentNames.Producers).Reverse())
        {
            if (offset > logEndOffset)
            {
                File.Delete(PathOf(offset));
                continue;
            }

            if (offset > newest)
                continue;
            using var file = open(PathOf(offset), FileMode.Open, FileAccess.Read);
            if (ProducerSnapshot.Decode(file.ReadAll()) is { } states)
                return (states, offset);
            logger.SnapshotDamaged(PathOf(offset));
        }

        return (new ProducerStates(), 0);
    }

    /// <summary>Deletes those that neither begin a segment nor are <paramref name="newest"/>.</summary>
    public void Prune(IEnumerable<long> segmentBaseOffsets, long newest)
    {
        foreach (var offset in SegmentNames.List(directory, SegmentNames.Producers).Except(segmentBaseOffsets))
        {
            if (offset != newest)
                File.Delete(PathOf(offset));
        }
    }

    private string PathOf(long offset) => SegmentNames.PathOf(directory, offset, SegmentNames.Producers);
}
