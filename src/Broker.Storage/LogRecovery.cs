using Broker.Storage.Compaction;
using Broker.Storage.Disks;
using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>
/// What happens at open. After a clean stop the indexes are taken as they are and no segment is read. Otherwise the log
/// is the truth: batches from the first segment that was not wholly on disk are checked one by one, indexes are
/// built from them, a torn tail is cut. Damage to what was on disk stops the opening and changes nothing.
/// </summary>
internal sealed class LogRecovery(Disk disk, string directory, LogOptions options, TimeProvider time, ILogger logger)
{
    private readonly List<Segment> _segments = [];
    private readonly Dictionary<long, ActiveSegment> _scannedSegments = [];
    private LeaderEpochs _epochs = new();
    private bool _hasStoredEpochs;
    private long _sparseBelow;
    private readonly ProducerSnapshots _snapshots = new(disk, directory, logger);

    /// <exception cref="CorruptLogException">Records that were on disk are damaged or gone, or the checkpoint that would tell.</exception>
    public RecoveredLog Run()
    {
        disk.CreateDirectories(directory);
        var checkpoint = LogCheckpoint.Open(disk, directory, time);
        try
        {
            SegmentSwap.Recover(disk, directory);
            var names = disk.ListFiles(directory);
            var baseOffsets = WithoutDeleted(SegmentNames.List(names, SegmentNames.Log), checkpoint);
            RemoveLeftovers(names, baseOffsets);
            LoadEpochs();
            return baseOffsets.Length == 0 ? Begin(checkpoint) : Recover(checkpoint, baseOffsets);
        }
        catch
        {
            foreach (var segment in _segments)
                segment.Files.Release();
            checkpoint.Dispose();
            throw;
        }
    }

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Segments below the log start are left from a deletion that was interrupted, perhaps before the start and the names of the segment and the snapshot
    /// it begins with were on disk: they must be before these go, in whatever order the disk unlinks them.
    /// </summary>
    private long[] WithoutDeleted(long[] baseOffsets, LogCheckpoint checkpoint)
    {
        var deleted = 0;
        while (checkpoint.Found is { } found && deleted + 1 < baseOffsets.Length && baseOffsets[deleted + 1] <= found.LogStartOffset)
        {
            if (deleted == 0)
            {
                FlushNames();
                checkpoint.Write(found);
            }

            SegmentNames.Delete(disk, directory, baseOffsets[deleted++]);
        }

        return baseOffsets[deleted..];
    }

    /// <summary>Files of a replacement or a deletion that a crash interrupted.</summary>
    private void RemoveLeftovers(string[] names, long[] baseOffsets)
    {
        foreach (var name in names.Where(static name => name.EndsWith(DurableFiles.TempSuffix, StringComparison.Ordinal)))
            disk.DeleteFile(Path.Combine(directory, name));
        foreach (var suffix in SegmentNames.Indexes)
        {
            foreach (var orphan in SegmentNames.List(names, suffix).Except(baseOffsets))
                disk.DeleteFile(SegmentNames.PathOf(directory, orphan, suffix));
        }
    }

    private RecoveredLog Begin(LogCheckpoint checkpoint)
    {
        var found = checkpoint.Found ?? new CheckpointState(0, 0, CompactionProgress.None, null);
        if (found.LogStartOffset < found.FlushedOffset)
            throw new CorruptLogException(directory, 0, found.LogStartOffset, $"offsets to {found.FlushedOffset} were on disk, and no segment is there");

        var start = found.FlushedOffset;
        var active = new ActiveSegment(OpenSegment(start, FileMode.CreateNew, FileAccess.ReadWrite), time);
        _segments.Add(active);
        // The names first: who finds the clean mark, be it right after a kill, does not fsync them again.
        FlushNames();
        checkpoint.Write(new CheckpointState(start, start, found.Compaction, new CleanEnd(start, start, 0)));
        return new RecoveredLog([active], active, new LogOffsets(start, start, start), checkpoint, found.Compaction, new ProducerStates(), _epochs);
    }

    private RecoveredLog Recover(LogCheckpoint checkpoint, long[] baseOffsets)
    {
        if (checkpoint.Found is null)
            logger.CheckpointMissing(directory);
        // Without the checkpoint any segment but the active one may be one that compaction left gaps in.
        var found = checkpoint.Found ?? new CheckpointState(0, 0, new CompactionProgress(0, baseOffsets[^1]), null);
        _sparseBelow = Math.Min(found.Compaction.SparseBelow, baseOffsets[^1]);
        var clean = found.CleanEnd is { } end && IsWhereItEnded(end, baseOffsets[^1]) ? found.CleanEnd : null;

        for (var i = 0; i < baseOffsets.Length - 1; i++)
            OpenSealed(baseOffsets[i], baseOffsets[i + 1], found.FlushedOffset, trusted: clean is not null);
        var logEndOffset = OpenActive(baseOffsets[^1], found.FlushedOffset, clean);
        var active = (ActiveSegment)_segments[^1];
        var start = Math.Max(found.LogStartOffset, baseOffsets[0]);

        RebuildEpochs();
        _epochs.Clamp(start, logEndOffset);
        var producers = ReplayProducers(logEndOffset);
        if (clean is null)
        {
            FlushTail(active, found.FlushedOffset);
            checkpoint.Write(new CheckpointState(start, logEndOffset, found.Compaction, null));
            FlushNames();
            logger.Recovered(directory, _scannedSegments.Count, logEndOffset);
        }

        active.BeginFlush();
        var offsets = new LogOffsets(start, logEndOffset, logEndOffset, producers.FirstUnstableOffset);
        return new RecoveredLog([.. _segments], active, offsets, checkpoint, found.Compaction, producers, _epochs);
    }

    /// <summary>What is not known to be on disk is written once more: whether the disk refused it before the stop, nothing here can tell.</summary>
    private static void FlushTail(ActiveSegment active, long flushedOffset)
    {
        var log = active.Files.Log;
        if (active.TryFindBatch(flushedOffset, active.SizeInBytes, out var position, out _))
            log.WriteAgain(position, active.SizeInBytes);
        log.Flush();
    }

    private void FlushNames()
    {
        disk.FlushDirectory(directory);
        disk.FlushDirectory(Path.GetDirectoryName(directory)!);
    }

    private bool IsWhereItEnded(CleanEnd end, long activeBaseOffset) =>
        end.SegmentBaseOffset == activeBaseOffset
        && disk.StatusOf(SegmentNames.PathOf(directory, activeBaseOffset, SegmentNames.Log))?.Length == end.SegmentSize;

    private void OpenSealed(long baseOffset, long nextBaseOffset, long flushedOffset, bool trusted)
    {
        var files = OpenSegment(baseOffset, FileMode.Open, FileAccess.Read);
        var segment = SealedSegment.Open(files, new SegmentExtent((int)files.Log.Length, nextBaseOffset));
        _segments.Add(segment);
        if (HasIndexes(files) && Fit(segment, nextBaseOffset) && (trusted || (nextBaseOffset <= flushedOffset && EndsAt(segment, nextBaseOffset))))
            return;

        logger.IndexesRebuilt(files.LogPath);
        // The old index files may be mapped by now, and a mapped file must not change: let go of them and begin new ones.
        files.Release();
        disk.DeleteFile(files.OffsetIndexPath);
        disk.DeleteFile(files.TimeIndexPath);
        disk.DeleteFile(files.TransactionIndexPath);
        files = OpenSegment(baseOffset, FileMode.Open, FileAccess.Read);
        var rebuilt = new ActiveSegment(files, time);
        _segments[^1] = rebuilt;
        var scanEnd = Scan(rebuilt);
        if (scanEnd.Damage is not null || scanEnd.Offset != nextBaseOffset)
            throw new CorruptLogException(files.LogPath, scanEnd.Position, scanEnd.Offset, scanEnd.Damage ?? $"the next segment begins at offset {nextBaseOffset}");
    }

    private bool HasIndexes(SegmentFiles files) => disk.FileExists(files.OffsetIndexPath) && disk.FileExists(files.TimeIndexPath);

    /// <summary>Whether these can be the indexes of the segment: ascending, and nowhere beyond its end.</summary>
    private static bool Fit(SealedSegment segment, long nextBaseOffset)
    {
        var offsets = segment.Files.OffsetIndexEntries;
        var times = segment.Files.TimeIndexEntries;
        return OffsetIndex.IsAscending(offsets)
            && TimeIndex.IsAscending(times)
            && TransactionIndex.IsPlausible(segment.Files.TransactionIndexEntries, segment.BaseOffset, nextBaseOffset)
            && (OffsetIndex.Count(offsets) == 0
                || (OffsetIndex.At(offsets, 0).Position >= 0
                    && OffsetIndex.At(offsets, OffsetIndex.Count(offsets) - 1) is var offset
                    && offset.Position < segment.SizeInBytes
                    && offset.RelativeOffset < nextBaseOffset - segment.BaseOffset))
            && (TimeIndex.Count(times) == 0
                || TimeIndex.At(times, TimeIndex.Count(times) - 1).RelativeOffset < nextBaseOffset - segment.BaseOffset);
    }

    /// <summary>
    /// Whether the segment is whole as far as the last index entry tells: from there its batches are intact, reach the
    /// file's last byte, and end where the next segment begins. A false "no" costs a scan, nothing else.
    /// </summary>
    private static bool EndsAt(SealedSegment segment, long nextBaseOffset)
    {
        var entries = segment.Files.OffsetIndexEntries;
        var count = OffsetIndex.Count(entries);
        var start = count == 0 ? 0 : OffsetIndex.At(entries, count - 1).Position;
        using var scanner = new BatchScanner(segment.Files.Log, start, segment.SizeInBytes, checkCrc: true);
        var end = start == 0 ? segment.BaseOffset : -1;
        while (scanner.MoveNext())
            end = scanner.Header.NextOffset;
        return scanner.Damage is null && end == nextBaseOffset;
    }

    /// <returns>The log end offset.</returns>
    private long OpenActive(long baseOffset, long flushedOffset, CleanEnd? clean)
    {
        var files = OpenSegment(baseOffset, FileMode.Open, FileAccess.ReadWrite);
        var active = new ActiveSegment(files, time);
        _segments.Add(active);
        if (clean is { } end
            && HasIndexes(files)
            && active.TryLoad(end.SegmentSize, disk.ReadFile(files.OffsetIndexPath), disk.ReadFile(files.TimeIndexPath), ReadTransactionIndex(files), end.LogEndOffset))
        {
            return end.LogEndOffset;
        }

        var scanEnd = Scan(active);
        if (scanEnd.Offset < flushedOffset)
            throw new CorruptLogException(files.LogPath, scanEnd.Position, scanEnd.Offset, scanEnd.Damage ?? $"the file ends, and offsets to {flushedOffset} were on disk");
        if (scanEnd.Damage is not null)
        {
            logger.CutTornTail(files.LogPath, scanEnd.Position, scanEnd.Offset, scanEnd.Damage, files.Log.Length - scanEnd.Position);
            files.Log.SetLength(scanEnd.Position);
        }

        return scanEnd.Offset;
    }

    /// <summary>Tracks every good batch in <paramref name="segment"/> and stops in front of the first bad one.</summary>
    private ScanEnd Scan(ActiveSegment segment)
    {
        _scannedSegments.Add(segment.BaseOffset, segment);
        var log = segment.Files.Log;
        var size = log.Length;
        var offset = segment.BaseOffset;
        var isSparse = offset < _sparseBelow;
        using var scanner = new BatchScanner(log, 0, size, checkCrc: true);
        string? damage = null;
        while (scanner.MoveNext())
        {
            // The checksum does not cover the base offset: only its place in the sequence shows that it is whole.
            if ((isSparse ? scanner.Header.BaseOffset < offset : scanner.Header.BaseOffset != offset) || scanner.Header.LastOffsetDelta < 0)
            {
                damage = $"offset {scanner.Header.BaseOffset} stands where {offset} should";
                break;
            }

            _epochs.Note(scanner.Header.PartitionLeaderEpoch, scanner.Header.BaseOffset);
            segment.Track(scanner.Header, scanner.Position, options.IndexIntervalBytes);
            offset = scanner.Header.NextOffset;
        }

        segment.Publish(scanner.Position, offset);
        return new ScanEnd(scanner.Position, offset, damage ?? scanner.Damage);
    }

    private void LoadEpochs()
    {
        var stored = LeaderEpochs.Load(disk, directory);
        _hasStoredEpochs = stored is not null;
        _epochs = stored ?? new LeaderEpochs();
    }

    /// <summary>Without its file the epochs are where the batches say, but for those of segments that were scanned and noted already.</summary>
    private void RebuildEpochs()
    {
        if (_hasStoredEpochs || _segments.TrueForAll(s => _scannedSegments.ContainsKey(s.BaseOffset)))
            return;
        logger.EpochsRebuilt(Path.Combine(directory, LeaderEpochs.FileName));
        _epochs = new LeaderEpochs();
        foreach (var segment in _segments)
        {
            using var scanner = new BatchScanner(segment.Files.Log, 0, segment.SizeInBytes, checkCrc: false);
            while (scanner.MoveNext())
                _epochs.Note(scanner.Header.PartitionLeaderEpoch, scanner.Header.BaseOffset);
        }
    }

    /// <summary>
    /// From the newest snapshot in front of the first segment that was scanned, so that the aborted transactions of each such segment are found again.
    /// </summary>
    private ProducerStates ReplayProducers(long logEndOffset)
    {
        var (states, from) = _snapshots.Load(logEndOffset, newest: _scannedSegments.Count == 0 ? logEndOffset : _scannedSegments.Keys.Min());
        for (var i = 0; i < _segments.Count && from < logEndOffset; i++)
        {
            if (i + 1 == _segments.Count || _segments[i + 1].BaseOffset > from)
                Replay(_segments[i], from, states);
        }

        SealScanned();
        return states;
    }

    private void Replay(Segment segment, long from, ProducerStates states)
    {
        var scanned = _scannedSegments.GetValueOrDefault(segment.BaseOffset);
        var start = segment.PositionOfBatchAtOrAfter(from, segment.SizeInBytes);
        using var scanner = new BatchScanner(segment.Files.Log, start, segment.SizeInBytes, checkCrc: false);
        while (scanner.MoveNext())
        {
            if (states.Update(scanner.Header, scanner.Header.IsControl ? scanner.FirstBytes() : [], NowMs) is { } aborted)
                scanned?.TrackAborted(aborted);
        }

        if (scanner.Damage is not null)
            throw new CorruptLogException(segment.Files.LogPath, scanner.Position, scanner.Header.BaseOffset, scanner.Damage);
    }

    private void SealScanned()
    {
        for (var i = 0; i < _segments.Count - 1; i++)
        {
            if (_segments[i] is ActiveSegment scanned)
            {
                scanned.WriteIndexes(disk);
                _segments[i] = scanned.Seal();
            }
        }
    }

    private SegmentFiles OpenSegment(long baseOffset, FileMode mode, FileAccess access) =>
        new(disk, directory, baseOffset, disk.Open(SegmentNames.PathOf(directory, baseOffset, SegmentNames.Log), mode, access));

    private byte[] ReadTransactionIndex(SegmentFiles files) =>
        disk.FileExists(files.TransactionIndexPath) ? disk.ReadFile(files.TransactionIndexPath) : [];

    private readonly record struct ScanEnd(long Position, long Offset, string? Damage);
}
