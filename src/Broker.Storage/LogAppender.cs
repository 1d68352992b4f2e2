using Broker.Records;
using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>The writing end of a log: its active segment and its producers. Every member is called under the log's lock.</summary>
internal sealed class LogAppender(
    string directory, ActiveSegment active, ProducerStates producers, LogOffsets offsets, WriteFailure failure, OpenFile open, ILogger logger)
{
    private readonly ProducerSnapshots _snapshots = new(directory, open, logger);

    public ActiveSegment Active { get; private set; } = active;

    public ProducerStates Producers => producers;

    /// <summary>True when the batch is not to be written, for what its producer did before.</summary>
    public bool TryRefuse(in PendingAppend append, bool mustStartAtZero, LogOptions options, out AppendResult result)
    {
        var (outcome, batch) = producers.Decide(append.FirstHeader, append.Marker, mustStartAtZero);
        var logAppendTime = options.MessageTimestampType == TimestampType.LogAppendTime ? batch.Timestamp : RecordBatchHeader.NoTimestamp;
        result = outcome == AppendOutcome.Duplicate
            ? new AppendResult(outcome, batch.FirstOffset, batch.LastOffset, logAppendTime, offsets.Start)
            : new AppendResult(outcome, -1, -1, RecordBatchHeader.NoTimestamp, offsets.Start);
        return outcome != AppendOutcome.Appended;
    }

    public RollReason RollReasonFor(in PendingAppend append, LogOptions options, long nowMs)
    {
        var maxTimestamp = options.MessageTimestampType == TimestampType.LogAppendTime ? nowMs : append.MaxTimestamp;
        return Active.RollReasonFor(append.SizeInBytes, append.Records, offsets.End, maxTimestamp, nowMs, options);
    }

    public AppendResult Append(Span<byte> batches, int leaderEpoch, LogOptions options, long nowMs)
    {
        var baseOffset = offsets.End;
        var logAppendTime = options.MessageTimestampType == TimestampType.LogAppendTime ? nowMs : RecordBatchHeader.NoTimestamp;
        var endOffset = PendingAppend.Place(batches, baseOffset, leaderEpoch, logAppendTime);
        var position = (long)Active.SizeInBytes;
        Write(batches);

        ReadOnlySpan<byte> rest = batches;
        while (RecordBatch.TryTake(ref rest, out var batch, out var header))
        {
            Active.Track(header, position, options.IndexIntervalBytes);
            if (producers.Update(header, batch) is { } aborted)
                Active.TrackAborted(aborted);
            position += header.SizeInBytes;
        }

        Active.Publish(position, endOffset);
        // Before the end: no reader may take a record of a transaction just begun for stable.
        offsets.MoveFirstUnstable(producers.FirstUnstableOffset);
        offsets.MoveEnd(endOffset);
        return new AppendResult(AppendOutcome.Appended, baseOffset, endOffset - 1, logAppendTime, offsets.Start);
    }

    /// <summary>
    /// Closes the active segment and begins the next. The old one, its indexes and the producers' state are on disk before
    /// the new one exists: a segment with a successor is never torn. May be repeated after a full disk stopped it.
    /// </summary>
    /// <returns>The list with both.</returns>
    public SegmentList Roll(SegmentList segments, long nowMs)
    {
        var baseOffset = offsets.End;
        Active.Files.Log.Flush();
        offsets.MoveFlushed(baseOffset);
        WriteIndexesAndProducers();
        _snapshots.Prune(segments.BaseOffsets, baseOffset);
        var log = open(SegmentNames.PathOf(directory, baseOffset, SegmentNames.Log), FileMode.Create, FileAccess.ReadWrite);
        var next = new ActiveSegment(new SegmentFiles(directory, baseOffset, log), nowMs);
        DirectoryEntries.Flush(directory);
        var rolled = segments.Rolled(Active.Seal(), next);
        Active = next;
        return rolled;
    }

    /// <summary>What the next opening takes instead of reading the active segment; its records are on disk already.</summary>
    public CleanEnd WriteCleanEnd(SegmentList segments)
    {
        WriteIndexesAndProducers();
        _snapshots.Prune(segments.BaseOffsets, offsets.End);
        return new CleanEnd(offsets.End, Active.BaseOffset, Active.SizeInBytes);
    }

    private void WriteIndexesAndProducers()
    {
        Active.WriteIndexes(open);
        _snapshots.Write(producers, offsets.End);
    }

    private void Write(ReadOnlySpan<byte> batches)
    {
        try
        {
            Active.Write(batches);
        }
        catch (IOException e) when (DiskFull.IsCauseOf(e))
        {
            logger.DiskFull(directory, e);
            CutBack();
            throw new DiskFullException(directory, e);
        }
        catch (Exception e) when (WriteFailure.IsFromDisk(e))
        {
            throw failure.Set(e);
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
            throw failure.Set(e);
        }
    }
}
