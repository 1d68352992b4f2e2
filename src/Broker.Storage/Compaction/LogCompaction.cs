using Broker.Records;

namespace Broker.Storage.Compaction;

/// <summary>
/// Compacts one log, one run at a time, on the caller's thread. Reads, appends, flushes, rolls and deletions go on; only the swap of finished segments
/// waits for the flush lock. Segments that retention deletes meanwhile are left alone.
/// </summary>
internal sealed class LogCompaction(LogState log, LogMaintenance maintenance, LogAppender appender)
{
    private readonly Lock _running = new();

    public CompactionStatus Describe()
    {
        using var held = HeldSegments.Take(log);
        return CompactionPolicy.Judge(
            held.Describe(log.Disk, withOldest: log.Options.MaxCompactionLagMs != long.MaxValue),
            log.Offsets.Start, log.Compaction.FirstDirtyOffset, log.Offsets.LastStable, held.ActiveBaseOffset, log.Options, log.NowMs);
    }

    public CompactionResult Run(CompactionBuffer buffer, CancellationToken ct)
    {
        lock (_running)
        {
            var status = Describe();
            using var held = HeldSegments.Take(log);
            var map = new OffsetMap(buffer.MaxBytes, buffer.LoadFactor);
            var mapEnd = BuildMap(map, held, status, ct);
            if (mapEnd == status.FirstDirtyOffset)
                return new CompactionResult(mapEnd, 0, 0, 0, 0, 0, 0, 0);

            // Which records count was read from markers that may lie in the active segment: they must not be lost when what they replace is gone.
            maintenance.Flush();
            maintenance.BeginCompaction(sparseBelow: status.EndOffset);
            var compacted = Compact(held.UpTo(mapEnd), map, mapEnd, ct);
            maintenance.EndCompaction(firstDirtyOffset: mapEnd);
            return compacted with { BufferUtilization = map.Utilization };
        }
    }

    /// <summary>Notes the newest offset of every key in the dirty part, as far as the map holds them.</summary>
    /// <returns>Offset after the last record noted.</returns>
    private long BuildMap(OffsetMap map, HeldSegments held, in CompactionStatus status, CancellationToken ct)
    {
        var transactions = new CompactedTransactions(Aborted(status.FirstDirtyOffset, status.EndOffset));
        var editor = new RecordBatchEditor();
        var firstDirty = status.FirstDirtyOffset;
        var fullAt = -1L;
        RecordBatchEditor.RecordFilter note = (scoped in record) =>
        {
            if (fullAt < 0 && record.HasKey && record.Offset >= firstDirty && !map.TryPut(record.Key, record.Offset))
                fullAt = record.Offset;
            return false;
        };
        foreach (var segment in held.Between(firstDirty, status.EndOffset))
        {
            using var reader = new BatchReader(segment.Files, segment.SizeInBytes);
            while (reader.MoveNext())
            {
                ct.ThrowIfCancellationRequested();
                if (reader.Header.LastOffset < firstDirty)
                    continue;
                if (reader.Header.IsControl)
                    transactions.SeeMarker(reader.Batch, reader.Header, out _);
                else if (!transactions.SeeData(reader.Header) && editor.Filter(reader.Batch, note) != BatchFault.None)
                    throw reader.Damage("its records cannot be read");
                if (fullAt >= 0)
                    return fullAt;
            }
        }

        return status.EndOffset;
    }

    private CompactionResult Compact(IReadOnlyList<Segment> segments, OffsetMap map, long mapEnd, CancellationToken ct)
    {
        var end = segments[^1].Extent.EndOffset;
        var transactions = new CompactedTransactions(Aborted(segments[0].BaseOffset, end));
        var compactor = new BatchCompactor(map, mapEnd, transactions, Producers(), log.NowMs, log.Options.DeleteRetentionMs);
        var (after, read, written) = (0, 0L, 0L);
        foreach (var group in Groups(segments))
        {
            read += group.Sum(static s => (long)s.SizeInBytes);
            written += CompactGroup(group, compactor, ct);
            after++;
        }

        return new CompactionResult(mapEnd, segments.Count, after, read, written, compactor.RecordsRead, compactor.RecordsWritten, 0);
    }

    /// <returns>Size of what the group is now.</returns>
    private int CompactGroup(List<Segment> group, BatchCompactor compactor, CancellationToken ct)
    {
        var end = group[^1].Extent.EndOffset;
        using var draft = new SegmentDraft(log, group[0].BaseOffset);
        var isSame = group.Count == 1;
        foreach (var segment in group)
        {
            using var reader = new BatchReader(segment.Files, segment.SizeInBytes);
            while (reader.MoveNext())
            {
                ct.ThrowIfCancellationRequested();
                isSame &= compactor.Compact(reader, draft, end);
            }
        }

        if (isSame)
            return group[0].SizeInBytes;
        draft.Finish(end);
        return maintenance.TryReplace(group, draft) ? draft.SizeInBytes : group.Sum(static s => s.SizeInBytes);
    }

    /// <summary>Neighbours that fit one segment are made one.</summary>
    private IEnumerable<List<Segment>> Groups(IReadOnlyList<Segment> segments)
    {
        var group = new List<Segment>();
        var size = 0L;
        foreach (var segment in segments)
        {
            var fits = size + segment.SizeInBytes <= log.Options.SegmentBytes && (group.Count == 0 || segment.Extent.EndOffset - group[0].BaseOffset <= int.MaxValue);
            if (group.Count > 0 && !fits)
            {
                yield return group;
                (group, size) = ([], 0);
            }

            group.Add(segment);
            size += segment.SizeInBytes;
        }

        yield return group;
    }

    private List<AbortedRange> Aborted(long from, long to)
    {
        while (true)
        {
            log.ThrowIfClosed();
            if (log.Segments.TryFindAborted(from, to, out var found))
                return found ?? [];
        }
    }

    private Dictionary<long, ProducerMark> Producers()
    {
        lock (log.Lock)
        {
            return appender.Producers.InIdOrder.ToDictionary(
                static p => p.Key, static p => new ProducerMark(p.Value.Count == 0 ? -1 : p.Value[p.Value.Count - 1].LastOffset, p.Value.Epoch));
        }
    }
}
