using Broker.Storage.Disks;

namespace Broker.Storage.Inspection;

/// <summary>Reads one log as recovery would, but all of it and without changing a byte.</summary>
internal sealed class LogVerifier(Disk disk, string directory)
{
    private readonly List<Finding> _findings = [];
    private ProducerStates? _producers;
    private long _batches;
    private long _records;
    private long _bytes;
    private bool _hasGaps;

    public PartitionReport Run()
    {
        var checkpoint = ReadCheckpoint();
        var found = checkpoint ?? default;
        var baseOffsets = Segments(found.LogStartOffset);
        var clean = found.CleanEnd is { } end && baseOffsets.Length > 0 && IsWhereItEnded(end, baseOffsets[^1]);

        var endOffset = found.FlushedOffset;
        if (baseOffsets.Length == 0 && found.LogStartOffset < found.FlushedOffset)
            Add(FindingKind.Damage, LogCheckpoint.FileName, 0, $"offsets {found.LogStartOffset} to {found.FlushedOffset} were on disk, and no segment is there");
        for (var i = 0; i < baseOffsets.Length; i++)
        {
            var isActive = i == baseOffsets.Length - 1;
            var segment = Scan(baseOffsets[i], isActive ? long.MaxValue : baseOffsets[i + 1], checkIndexes: !isActive || (clean && found.CleanEnd!.Value.SegmentSize > 0));
            if (isActive)
                CheckEnd(segment, found.FlushedOffset, clean ? found.CleanEnd!.Value.LogEndOffset : segment.EndOffset);
            else
                CheckSuccessor(segment, baseOffsets[i + 1]);
            endOffset = segment.EndOffset;
        }

        CheckSnapshot(endOffset);
        return new PartitionReport(
            Path.GetFileName(directory),
            Math.Max(found.LogStartOffset, baseOffsets.FirstOrDefault()),
            endOffset,
            checkpoint?.FlushedOffset ?? -1,
            clean,
            baseOffsets.Length,
            _batches,
            _records,
            _bytes,
            _findings);
    }

    private void Add(FindingKind kind, string file, long position, string text) => _findings.Add(new Finding(kind, file, position, text));

    private CheckpointState? ReadCheckpoint()
    {
        try
        {
            var checkpoint = LogCheckpoint.Read(disk, directory);
            if (checkpoint is null)
                Add(FindingKind.Repairable, LogCheckpoint.FileName, 0, "it is missing: which records were known to be on disk cannot be told");
            return checkpoint;
        }
        catch (CorruptLogException)
        {
            Add(FindingKind.Damage, LogCheckpoint.FileName, 0, "neither of its two entries can be read: where the log starts and which records were on disk cannot be told");
            return null;
        }
    }

    /// <summary>Without those that a deletion has left.</summary>
    private long[] Segments(long logStartOffset)
    {
        foreach (var name in disk.ListFiles(directory).Where(static n => n.EndsWith(DurableFiles.TempSuffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            Add(FindingKind.Note, name, 0, "a crash interrupted its writing; the next start deletes it");
        foreach (var name in disk.ListFiles(directory).Where(static n => n.EndsWith(SegmentNames.Cleaned, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            Add(FindingKind.Note, name, 0, "a crash interrupted a compaction; the next start deletes it");
        foreach (var name in disk.ListFiles(directory).Where(static n => n.EndsWith(SegmentNames.Swap, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            Add(FindingKind.Repairable, name, 0, "a crash interrupted a compaction; the next start puts it in the place of the segments it replaces");
        var baseOffsets = SegmentNames.List(disk, directory, SegmentNames.Log);
        var deleted = 0;
        for (; deleted + 1 < baseOffsets.Length && baseOffsets[deleted + 1] <= logStartOffset; deleted++)
            Add(FindingKind.Note, NameOf(baseOffsets[deleted], SegmentNames.Log), 0, "all of it is below the log start; the next start deletes it");
        return baseOffsets[deleted..];
    }

    private bool IsWhereItEnded(CleanEnd end, long activeBaseOffset) =>
        end.SegmentBaseOffset == activeBaseOffset && disk.StatusOf(PathOf(activeBaseOffset, SegmentNames.Log))?.Length == end.SegmentSize;

    private ScannedSegment Scan(long baseOffset, long nextBaseOffset, bool checkIndexes)
    {
        CheckSnapshot(baseOffset);
        using var file = disk.Open(PathOf(baseOffset, SegmentNames.Log), FileMode.Open, FileAccess.Read);
        using var scanner = new BatchScanner(file, 0, file.Length, checkCrc: true);
        var indexes = new IndexVerifier(baseOffset);
        var (endOffset, missing, damage) = (baseOffset, 0L, (string?)null);
        while (scanner.MoveNext())
        {
            ref readonly var header = ref scanner.Header;
            if (header.BaseOffset < endOffset || header.LastOffsetDelta < 0 || header.NextOffset > nextBaseOffset)
            {
                damage = $"offset {header.BaseOffset} stands where {endOffset} should";
                break;
            }

            missing += header.BaseOffset - endOffset;
            endOffset = header.NextOffset;
            _batches++;
            _records += header.RecordCount;
            _bytes += header.SizeInBytes;
            indexes.Add(header, scanner.Position);
            if (_producers?.Update(header, header.IsControl ? scanner.FirstBytes() : [], nowMs: -1) is { } aborted)
                indexes.AddAborted(aborted);
        }

        damage ??= scanner.Damage;
        if (damage is not null)
            _producers = null;
        else if (missing > 0)
            Add(FindingKind.Note, NameOf(baseOffset, SegmentNames.Log), 0, $"{missing} offsets are without records, as after a compaction");
        // A transaction whose first batches compaction took away seems to begin later than its index entry says.
        _hasGaps |= missing > 0;
        if (checkIndexes && damage is null)
            _findings.AddRange(indexes.Check(disk, directory, knowsAborted: _producers is not null && !_hasGaps));
        return new ScannedSegment(baseOffset, endOffset, scanner.Position, file.Length, damage);
    }

    private void CheckSuccessor(ScannedSegment segment, long nextBaseOffset)
    {
        if (segment.Damage is not null)
            Add(FindingKind.Damage, NameOf(segment.BaseOffset, SegmentNames.Log), segment.Position, $"offset {segment.EndOffset}: {segment.Damage}; {segment.Unread} bytes from here on were not read");
        else if (segment.EndOffset < nextBaseOffset)
            Add(FindingKind.Note, NameOf(segment.BaseOffset, SegmentNames.Log), segment.Position, $"offsets {segment.EndOffset} to {nextBaseOffset} are without records, as after a compaction");
    }

    private void CheckEnd(ScannedSegment segment, long flushedOffset, long cleanEndOffset)
    {
        var name = NameOf(segment.BaseOffset, SegmentNames.Log);
        if (segment.EndOffset < flushedOffset)
            Add(FindingKind.Damage, name, segment.Position, $"offset {segment.EndOffset}: {segment.Damage ?? "the file ends"}, and offsets to {flushedOffset} were on disk");
        else if (segment.Damage is not null)
            Add(FindingKind.Repairable, name, segment.Position, $"a torn write at offset {segment.EndOffset} ({segment.Damage}): {segment.Unread} bytes that were never known to be on disk; the next start cuts them off");
        else if (segment.EndOffset != cleanEndOffset)
            Add(FindingKind.Damage, name, segment.Position, $"it ends at offset {segment.EndOffset} and was closed at {cleanEndOffset}");
    }

    /// <summary>Producers known here go on with what the snapshot says; one that is known from further back must agree with it.</summary>
    private void CheckSnapshot(long offset)
    {
        var path = PathOf(offset, SegmentNames.Producers);
        if (offset == 0 || !disk.FileExists(path))
        {
            _producers ??= offset == 0 ? new ProducerStates() : null;
            return;
        }

        if (ProducerSnapshot.Decode(disk.ReadFile(path)) is not { } snapshot)
        {
            Add(FindingKind.Repairable, Path.GetFileName(path), 0, "it cannot be read; producer state is built from further back in the log");
            return;
        }

        foreach (var (id, producer) in snapshot.InIdOrder)
        {
            if (_producers?.Find(id) is { } replayed
                && (replayed.Epoch, replayed.LastSequence, replayed.TransactionStart) != (producer.Epoch, producer.LastSequence, producer.TransactionStart))
            {
                Add(FindingKind.Repairable, Path.GetFileName(path), 0, $"producer {id} is not where the log says (epoch {producer.Epoch}, sequence {producer.LastSequence}, not {replayed.Epoch}, {replayed.LastSequence}): delete the file");
            }
        }

        _producers = snapshot;
    }

    private string PathOf(long offset, string suffix) => SegmentNames.PathOf(directory, offset, suffix);

    private string NameOf(long offset, string suffix) => Path.GetFileName(PathOf(offset, suffix));

    private readonly record struct ScannedSegment(long BaseOffset, long EndOffset, long Position, long Length, string? Damage)
    {
        public long Unread => Length - Position;
    }
}
