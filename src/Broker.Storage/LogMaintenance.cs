using Broker.Storage.Compaction;
using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>
/// The part of a log that waits for the disk: flush, roll, deletion, checkpoints, clean stop. One at a time under the flush lock, which
/// is always taken before the log's lock; appends go on unless said otherwise. Segments change hands here only.
/// </summary>
internal sealed class LogMaintenance(LogState log, LogAppender appender, LogCheckpoint checkpoint)
{
    private readonly Lock _flushLock = new();

    /// <summary>The checkpoint calls the log clean, which <see cref="PrepareForAppend"/> takes back.</summary>
    public bool SaysClean => checkpoint.SaysClean;

    private LogOffsets Offsets => log.Offsets;

    public void PrepareForAppend(RollReason rollReason)
    {
        lock (_flushLock)
        {
            lock (log.Lock)
                log.ThrowUnlessWritable();
            // No fsync: should a power loss bring the clean mark back, the segment it names is either as it was, and clean,
            // or longer or followed by another, and then the mark does not count.
            if (checkpoint.SaysClean)
            {
                appender.Active.Reserve(log.Options);
                WriteCheckpoint(Offsets.Start, static (checkpoint, state) => checkpoint.WriteBehind(state));
            }

            if (rollReason != RollReason.None)
                RollUnderFlushLock(rollReason);
        }
    }

    public void Flush()
    {
        lock (_flushLock)
            FlushUnderFlushLock();
    }

    public void DeleteRecordsBefore(long offset)
    {
        lock (_flushLock)
        {
            lock (log.Lock)
            {
                log.ThrowIfClosed();
                if (offset > Offsets.End)
                    throw new OffsetOutOfRangeException(offset, Offsets.Start, Offsets.End);
                if (offset <= Offsets.Start)
                    return;
            }

            // What is on disk may go as by retention, also of a log that takes no more.

            if (offset > Offsets.Flushed)
                FlushUnderFlushLock();
            MoveStart(offset);
            var count = RetentionPolicy.SegmentsToDrop(log.Segments.Ages(log.Disk), log.Options with { DeletesOldSegments = false }, offset, log.NowMs);
            if (count == 0)
                log.Logger.MovedStart(log.Directory, offset);
            DeleteOldest(count);
        }
    }

    public int ApplyRetention()
    {
        lock (_flushLock)
        {
            lock (log.Lock)
            {
                log.ThrowIfClosed();
                appender.Producers.RemoveExpired(log.NowMs, log.Options.ProducerIdExpirationMs);
            }

            var ages = log.Segments.Ages(log.Disk);
            var count = RetentionPolicy.SegmentsToDrop(ages, log.Options, Offsets.Start, log.NowMs);
            if (count == ages.Length)
            {
                if (!TryRollForRetention())
                    count--;
            }

            if (count == 0)
                return 0;
            MoveStart(log.Segments.All[count].BaseOffset);
            DeleteOldest(count);
            return count;
        }
    }

    /// <summary>On disk when it returns: until then no segment may have gaps.</summary>
    public void BeginCompaction(long sparseBelow) =>
        MoveCompaction(log.Compaction with { SparseBelow = Math.Max(log.Compaction.SparseBelow, sparseBelow) });

    public void EndCompaction(long firstDirtyOffset) => MoveCompaction(log.Compaction with { FirstDirtyOffset = firstDirtyOffset });

    /// <summary>Puts a finished draft in the place of the segments it was made from.</summary>
    /// <returns>False when some of them were deleted meanwhile: then nothing was done.</returns>
    public bool TryReplace(IReadOnlyList<Segment> replaced, SegmentDraft draft)
    {
        lock (_flushLock)
        {
            if (log.IsClosed || log.Failure.IsSet || log.Segments.WithReplaced(replaced, draft.Seal()) is not { } after)
                return false;
            // A reader of the old segments must not find the new one's indexes under their names.
            foreach (var segment in replaced)
                segment.Files.HoldIndexes();
            try
            {
                SegmentSwap.Run(log.Disk, log.Directory, draft.BaseOffset, replaced.Skip(1).Select(static s => s.BaseOffset));
            }
            catch (Exception e) when (WriteFailure.IsFromDisk(e))
            {
                throw log.Failure.Set(e);
            }

            draft.Keep();
            lock (log.Lock)
                log.Segments = after;
            foreach (var segment in replaced)
                segment.Files.Release();
            return true;
        }
    }

    /// <summary>Closes the log. With <paramref name="clean"/> it first leaves what lets the next opening skip the check.</summary>
    /// <returns>False when it was closed already.</returns>
    public bool Close(bool clean)
    {
        lock (_flushLock)
        {
            if (clean && !log.IsClosed && !checkpoint.SaysClean && !log.Failure.IsSet)
                LeaveClean();
            if (!log.Close())
                return false;
            checkpoint.Dispose();
            return true;
        }
    }

    private void FlushUnderFlushLock()
    {
        long upTo;
        DiskFile file;
        lock (log.Lock)
        {
            log.ThrowUnlessWritable();
            upTo = Offsets.End;
            if (upTo == Offsets.Flushed)
                return;
            // Segments change hands under the flush lock only, so this file stays the one with the unflushed bytes.
            file = appender.Active.Files.Log;
            appender.Active.BeginFlush();
        }

        try
        {
            file.Flush();
        }
        catch (Exception e) when (WriteFailure.IsFromDisk(e))
        {
            throw log.Failure.Set(e);
        }

        lock (log.Lock)
            Offsets.MoveFlushed(upTo);
        WriteCheckpoint(Offsets.Start, static (checkpoint, state) => checkpoint.WriteSoon(state));
    }

    /// <summary>Appends wait, but not while most of the segment is brought to disk.</summary>
    private void RollUnderFlushLock(RollReason reason)
    {
        FlushUnderFlushLock();
        lock (log.Lock)
        {
            log.ThrowUnlessWritable();
            if (appender.Active.SizeInBytes == 0)
                return;
            try
            {
                appender.Roll();
            }
            catch (IOException e) when (DiskFull.IsCauseOf(e))
            {
                throw log.Space.Full(e);
            }
            catch (Exception e) when (WriteFailure.IsFromDisk(e))
            {
                throw log.Failure.Set(e);
            }

            log.Logger.Rolled(log.Directory, Offsets.End, reason);
        }

        WriteCheckpoint(Offsets.Start, static (checkpoint, state) => checkpoint.Write(state));
    }

    /// <returns>False when the active segment stays: a full disk gets room by the others, and the next round takes it too.</returns>
    private bool TryRollForRetention()
    {
        if (log.Failure.IsSet)
            return false;
        try
        {
            RollUnderFlushLock(RollReason.Retention);
            return true;
        }
        catch (DiskFullException)
        {
            return false;
        }
    }

    private void MoveCompaction(CompactionProgress progress)
    {
        lock (_flushLock)
        {
            lock (log.Lock)
                log.ThrowUnlessWritable();
            if (progress == log.Compaction)
                return;
            log.Compaction = progress;
            WriteCheckpoint(Offsets.Start, static (checkpoint, state) => checkpoint.Write(state));
        }
    }

    /// <summary>On disk before anybody can see it, or a power loss would take it back.</summary>
    private void MoveStart(long offset)
    {
        WriteCheckpoint(offset, static (checkpoint, state) => checkpoint.Write(state));
        lock (log.Lock)
        {
            Offsets.MoveStart(offset);
            log.Epochs.Clamp(offset, Offsets.End);
        }
    }

    /// <summary>The log starts above them already: an opening after a crash would delete them too.</summary>
    private void DeleteOldest(int count)
    {
        if (count == 0)
            return;
        var before = log.Segments;
        lock (log.Lock)
            log.Segments = before.WithoutOldest(count);
        foreach (var segment in before.All[..count])
            segment.Files.Release();
        foreach (var segment in before.All[..count])
            SegmentNames.Delete(log.Disk, log.Directory, segment.BaseOffset);
        log.Disk.FlushDirectory(log.Directory);
        log.Logger.DeletedSegments(log.Directory, count, Offsets.Start);
    }

    private void LeaveClean()
    {
        try
        {
            FlushUnderFlushLock();
            lock (log.Lock)
            {
                var cleanEnd = appender.WriteCleanEnd();
                checkpoint.Write(new CheckpointState(Offsets.Start, Offsets.Flushed, log.Compaction, cleanEnd));
            }
        }
        catch (Exception e) when (WriteFailure.IsFromDisk(e))
        {
            log.Logger.CleanStopFailed(log.Directory, e);
        }
    }

    /// <summary>The log is in use from now on, whatever the checkpoint said before.</summary>
    private void WriteCheckpoint(long start, Action<LogCheckpoint, CheckpointState> write)
    {
        try
        {
            write(checkpoint, new CheckpointState(start, Offsets.Flushed, log.Compaction, null));
        }
        catch (Exception e) when (WriteFailure.IsFromDisk(e))
        {
            throw log.Failure.Set(e);
        }
    }
}
