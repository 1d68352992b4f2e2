using Broker.Storage.Disks;

namespace Broker.Storage.Compaction;

/// <summary>
/// Puts a compacted segment in the place of those it was made from, in steps of which a crash leaves one complete copy: until its log file is called
/// <c>.swap</c> the old segments count, from then on it does, and recovery takes the remaining steps. Only the log file matters: recovery builds
/// indexes again.
/// </summary>
internal static class SegmentSwap
{
    /// <param name="disk">Where the files are.</param>
    /// <param name="directory">Of the log.</param>
    /// <param name="baseOffset">Of the new segment, and of the first that it replaces.</param>
    /// <param name="others">The others that it replaces.</param>
    public static void Run(Disk disk, string directory, long baseOffset, IEnumerable<long> others)
    {
        disk.RenameFile(
            SegmentNames.PathOf(directory, baseOffset, SegmentNames.Log + SegmentNames.Cleaned),
            SegmentNames.PathOf(directory, baseOffset, SegmentNames.Log + SegmentNames.Swap));
        disk.FlushDirectory(directory);
        TakePlace(disk, directory, baseOffset, others);

        // A missing transaction index says that nothing was aborted, once the other indexes are there.
        TakeName(disk, directory, baseOffset, SegmentNames.TransactionIndex);
        disk.FlushDirectory(directory);
        TakeName(disk, directory, baseOffset, SegmentNames.OffsetIndex);
        TakeName(disk, directory, baseOffset, SegmentNames.TimeIndex);
        disk.FlushDirectory(directory);
    }

    /// <summary>Deletes what a crash left of drafts, and completes the swaps that were past the point of no return.</summary>
    /// <exception cref="CorruptLogException">The segment that was to take its place is damaged. Nothing that it replaces was deleted.</exception>
    public static void Recover(Disk disk, string directory)
    {
        var names = disk.ListFiles(directory);
        foreach (var draft in names.Where(static name => name.EndsWith(SegmentNames.Cleaned, StringComparison.Ordinal)))
            disk.DeleteFile(Path.Combine(directory, draft));
        foreach (var baseOffset in SegmentNames.List(names, SegmentNames.Log + SegmentNames.Swap))
        {
            var end = EndOf(disk, SegmentNames.PathOf(directory, baseOffset, SegmentNames.Log + SegmentNames.Swap));
            var replaced = SegmentNames.List(disk, directory, SegmentNames.Log).Where(o => o > baseOffset && o < end);
            TakePlace(disk, directory, baseOffset, replaced);
            disk.FlushDirectory(directory);
        }
    }

    private static void TakePlace(Disk disk, string directory, long baseOffset, IEnumerable<long> others)
    {
        foreach (var other in others)
            SegmentNames.Delete(disk, directory, other);
        foreach (var index in SegmentNames.Indexes)
            disk.DeleteFile(SegmentNames.PathOf(directory, baseOffset, index));
        // Else the new log could turn up among the old segments or beside an old index.
        disk.FlushDirectory(directory);
        disk.RenameFile(
            SegmentNames.PathOf(directory, baseOffset, SegmentNames.Log + SegmentNames.Swap), SegmentNames.PathOf(directory, baseOffset, SegmentNames.Log));
    }

    private static void TakeName(Disk disk, string directory, long baseOffset, string suffix)
    {
        var draft = SegmentNames.PathOf(directory, baseOffset, suffix + SegmentNames.Cleaned);
        if (disk.FileExists(draft))
            disk.RenameFile(draft, SegmentNames.PathOf(directory, baseOffset, suffix));
    }

    /// <summary>Compaction keeps the last batch of what it read, so the segment ends where the last that it replaces did.</summary>
    private static long EndOf(Disk disk, string path)
    {
        using var log = disk.Open(path, FileMode.Open, FileAccess.Read);
        using var scanner = new BatchScanner(log, 0, log.Length, checkCrc: true);
        var end = 0L;
        while (scanner.MoveNext())
            end = scanner.Header.NextOffset;
        return scanner.Damage is null ? end : throw new CorruptLogException(path, scanner.Position, end, scanner.Damage);
    }
}
