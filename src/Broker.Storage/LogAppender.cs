using Broker.Records;
using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>The writing end of a log: its active segment and its producers. Every member is called under the log's lock.</summary>
internal sealed class LogAppender(LogState log, ActiveSegment active, ProducerStates producers)
{
    internal const int MaxUnflushedBytes = 64 * 1024 * 1024;

    private readonly ProducerSnapshots _snapshots = new(log.Disk, log.Directory, log.Logger);

    public ActiveSegment Active { get; private set; } = active;

    public ProducerStates Producers => producers;

    /// <summary>
    /// So much waits for an fsync that it is asked for although nobody waits. It bounds what a power loss can take, and what an opening after
    /// a crash writes again.
    /// </summary>
    public bool IsFlushWanted => Active.UnflushedBytes >= MaxUnflushedBytes;

    private LogOffsets Offsets => log.Offsets;

    /// <summary>True when the batch is not to be written, for what its producer did before.</summary>
    public bool TryRefuse(in PendingAppend append, bool mustStartAtZero, LogOptions options, out AppendResult result)
    {
        var (outcome, batch) = producers.Decide(append.FirstHeader, append.Marker, mustStartAtZero);
        var logAppendTime = options.MessageTimestampType == TimestampType.LogAppendTime ? batch.Timestamp : RecordBatchHeader.NoTimestamp;
        result = outcome == AppendOutcome.Duplicate
            ? new AppendResult(outcome, batch.FirstOffset, batch.LastOffset, logAppendTime, Offsets.Start)
            : new AppendResult(outcome, -1, -1, RecordBatchHeader.NoTimestamp, Offsets.Start);
        return outcome != AppendOutcome.Appended;
    }

    public RollReason RollReasonFor(in PendingAppend append, LogOptions options, long nowMs)
    {
        var maxTimestamp = options.MessageTimestampType == TimestampType.LogAppendTime ? nowMs : append.MaxTimestamp;
        return Active.RollReasonFor(append.SizeInBytes, append.Records, Offsets.End, maxTimestamp, options);
    }

    public AppendResult Append(Span<byte> batches, int leaderEpoch, LogOptions options, long nowMs)
    {
        var baseOffset = Offsets.End;
        var logAppendTime = options.MessageTimestampType == TimestampType.LogAppendTime ? nowMs : RecordBatchHeader.NoTimestamp;
        var endOffset = PendingAppend.Place(batches, baseOffset, leaderEpoch, logAppendTime);
        var position = (long)Active.SizeInBytes;
        Write(batches);

        ReadOnlySpan<byte> rest = batches;
        while (RecordBatch.TryTake(ref rest, out var batch, out var header))
        {
            Active.Track(header, position, options.IndexIntervalBytes);
            if (producers.Update(header, batch, nowMs) is { } aborted)
                Active.TrackAborted(aborted);
            position += header.SizeInBytes;
        }

        log.Epochs.Note(leaderEpoch, baseOffset);
        Active.Publish(position, endOffset);
        // Before the end: no reader may take a record of a transaction just begun for stable.
        Offsets.MoveFirstUnstable(producers.FirstUnstableOffset);
        Offsets.MoveEnd(endOffset);
        return new AppendResult(AppendOutcome.Appended, baseOffset, endOffset - 1, logAppendTime, Offsets.Start);
    }

    /// <summary>
    /// Closes the active segment and begins the next. The old one, its indexes and the producers' state are on disk before
    /// the new one exists: a segment with a successor is never torn. May be repeated after a full disk stopped it.
    /// </summary>
    public void Roll()
    {
        var baseOffset = Offsets.End;
        Active.Unreserve();
        if (Offsets.Flushed < baseOffset)
            Active.Files.Log.Flush();
        Offsets.MoveFlushed(baseOffset);
        WriteIndexesAndProducers();
        _snapshots.Prune(log.Segments.BaseOffsets, baseOffset);
        var file = log.Disk.Open(SegmentNames.PathOf(log.Directory, baseOffset, SegmentNames.Log), FileMode.Create, FileAccess.ReadWrite);
        try
        {
            log.Disk.FlushDirectory(log.Directory);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        var next = new ActiveSegment(new SegmentFiles(log.Disk, log.Directory, baseOffset, file), log.Time);
        log.Segments = log.Segments.Rolled(Active.Seal(), next);
        Active = next;
        next.Reserve(log.Options);
    }

    /// <summary>What the next opening takes instead of reading the active segment; its records are on disk already.</summary>
    public CleanEnd WriteCleanEnd()
    {
        Active.Unreserve();
        WriteIndexesAndProducers();
        _snapshots.Prune(log.Segments.BaseOffsets, Offsets.End);
        return new CleanEnd(Offsets.End, Active.BaseOffset, Active.SizeInBytes);
    }

    private void WriteIndexesAndProducers()
    {
        log.Epochs.Save(log.Disk, log.Directory, Offsets.Start, Offsets.End);
        Active.WriteIndexes(log.Disk);
        _snapshots.Write(producers, Offsets.End);
    }

    private void Write(ReadOnlySpan<byte> batches)
    {
        try
        {
            Active.Write(batches);
            log.Space.Written();
        }
        catch (IOException e) when (DiskFull.IsCauseOf(e))
        {
            CutBack();
            throw log.Space.Full(e);
        }
        catch (Exception e) when (WriteFailure.IsFromDisk(e))
        {
            throw log.Failure.Set(e);
        }
    }

    private void CutBack()
    {
        try
        {
            Active.CutBack();
        }
        catch (Exception e) when (WriteFailure.IsFromDisk(e))
        {
            throw log.Failure.Set(e);
        }
    }
}
