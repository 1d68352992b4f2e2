using Broker.Records;
using Broker.Storage.Disks;

namespace Broker.Storage.Inspection;

/// <summary>Collects what the indexes of a segment may say, batch by batch, and compares the files with it.</summary>
internal sealed class IndexVerifier(long baseOffset)
{
    private readonly Dictionary<long, long> _lastOffsetAt = [];
    private readonly List<(long LastOffset, long LargestTimestamp)> _timestamps = [];
    private readonly List<AbortedRange> _aborted = [];

    public void Add(in RecordBatchHeader header, long position)
    {
        _lastOffsetAt.Add(position, header.LastOffset);
        var largest = _timestamps.Count == 0 ? RecordBatchHeader.NoTimestamp : _timestamps[^1].LargestTimestamp;
        _timestamps.Add((header.LastOffset, header.RecordCount == 0 ? largest : Math.Max(largest, header.MaxTimestamp)));
    }

    public void AddAborted(in AbortedRange range) => _aborted.Add(range);

    /// <param name="disk">Where the files are.</param>
    /// <param name="directory">Of the log.</param>
    /// <param name="knowsAborted">The producers' state in front of the segment was known, so that every aborted transaction was seen.</param>
    public IEnumerable<Finding> Check(Disk disk, string directory, bool knowsAborted)
    {
        if (Read(disk, directory, SegmentNames.OffsetIndex) is { } offsets)
        {
            if (FirstWrongOffset(offsets) is var wrong and >= 0)
                yield return Wrong(SegmentNames.OffsetIndex, wrong * OffsetIndex.EntrySize, "an entry does not meet its batch");
        }
        else
        {
            yield return Missing(SegmentNames.OffsetIndex);
        }

        if (Read(disk, directory, SegmentNames.TimeIndex) is { } times)
        {
            if (FirstWrongTime(times) is var wrong and >= 0)
                yield return Wrong(SegmentNames.TimeIndex, wrong * TimeIndex.EntrySize, "an entry hides a record that is as new");
        }
        else
        {
            yield return Missing(SegmentNames.TimeIndex);
        }

        if (knowsAborted && !ListsAborted(Read(disk, directory, SegmentNames.TransactionIndex) ?? []))
            yield return Wrong(SegmentNames.TransactionIndex, 0, "it does not list the transactions that were aborted here");
    }

    private static byte[]? ReadFile(Disk disk, string path) => disk.FileExists(path) ? disk.ReadFile(path) : null;

    private byte[]? Read(Disk disk, string directory, string suffix) => ReadFile(disk, SegmentNames.PathOf(directory, baseOffset, suffix));

    private Finding Missing(string suffix) => new(FindingKind.Repairable, NameOf(suffix), 0, "it is missing; the next start builds it");

    private Finding Wrong(string suffix, long position, string what) => new(
        FindingKind.Repairable, NameOf(suffix), position, $"{what}: delete the index files of this segment, and the next start builds them");

    private string NameOf(string suffix) => Path.GetFileName(SegmentNames.PathOf("", baseOffset, suffix));

    private int FirstWrongOffset(byte[] entries)
    {
        for (var i = 0; i < OffsetIndex.Count(entries); i++)
        {
            var (relativeOffset, position) = OffsetIndex.At(entries, i);
            if (!_lastOffsetAt.TryGetValue(position, out var lastOffset) || lastOffset != baseOffset + relativeOffset)
                return i;
        }

        return entries.Length % OffsetIndex.EntrySize == 0 && OffsetIndex.IsAscending(entries) ? -1 : OffsetIndex.Count(entries);
    }

    /// <summary>Up to an entry's offset no record is newer than it says, and the last entry knows the newest of all.</summary>
    private int FirstWrongTime(byte[] entries)
    {
        var batch = 0;
        for (var i = 0; i < TimeIndex.Count(entries); i++)
        {
            var (timestamp, relativeOffset) = TimeIndex.At(entries, i);
            while (batch < _timestamps.Count && _timestamps[batch].LastOffset < baseOffset + relativeOffset)
                batch++;
            if (batch == _timestamps.Count || _timestamps[batch].LargestTimestamp > timestamp)
                return i;
        }

        var newest = _timestamps.Count == 0 ? RecordBatchHeader.NoTimestamp : _timestamps[^1].LargestTimestamp;
        var last = TimeIndex.Count(entries) == 0 ? RecordBatchHeader.NoTimestamp : TimeIndex.At(entries, TimeIndex.Count(entries) - 1).Timestamp;
        return entries.Length % TimeIndex.EntrySize == 0 && TimeIndex.IsAscending(entries) && last == newest ? -1 : TimeIndex.Count(entries);
    }

    private bool ListsAborted(byte[] entries)
    {
        if (entries.Length != _aborted.Count * TransactionIndex.EntrySize)
            return false;
        for (var i = 0; i < _aborted.Count; i++)
        {
            var listed = TransactionIndex.At(entries, i);
            if ((listed.ProducerId, listed.FirstOffset, listed.LastOffset) != (_aborted[i].ProducerId, _aborted[i].FirstOffset, _aborted[i].LastOffset))
                return false;
        }

        return true;
    }
}
