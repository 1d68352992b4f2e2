using Broker.Records;
using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>
/// One partition's log on disk: the only door to its directory. Every member may be called from any thread. Appends go
/// one at a time under one lock; readers take none. Flush, roll, deletion and checkpoints go one at a time under the
/// flush lock, which is always taken first. A failed write or fsync is final (<see cref="LogReadOnlyException"/>): reads,
/// retention and deletion go on, and only opening the log again repairs it.
/// </summary>
public sealed class PartitionLog : IDisposable
{
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(1);

    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OpenFile _open;
    private readonly ProducerSnapshots _snapshots;
    private readonly LogCheckpoint _checkpoint;
    private readonly LogOffsets _offsets;
    private readonly ProducerStates _producers;
    private readonly Lock _flushLock = new();
    private readonly Lock _lock = new();

    private LogOptions _options;
    private Segment[] _segments;
    private ActiveSegment _active;
    private Exception? _failure;
    private bool _isMarkedClean;
    private bool _isClosed;
    private long _checkpointFlushedAt;

    private PartitionLog(string directory, RecoveredLog recovered, LogOptions options, TimeProvider time, ILogger logger, OpenFile open)
    {
        _directory = directory;
        _options = options;
        _time = time;
        _logger = logger;
        _open = open;
        _snapshots = new ProducerSnapshots(directory, open, logger);
        _checkpoint = recovered.Checkpoint;
        _offsets = recovered.Offsets;
        _producers = recovered.Producers;
        _segments = recovered.Segments;
        _active = recovered.Active;
        _isMarkedClean = recovered.IsMarkedClean;
        _checkpointFlushedAt = time.GetTimestamp();
    }

    public string Directory => _directory;

    /// <summary>May be replaced while the log is open; the next append, flush or retention goes by it.</summary>
    public LogOptions Options
    {
        get => Volatile.Read(ref _options);
        set => Volatile.Write(ref _options, value);
    }

    /// <summary>First offset that may be read.</summary>
    public long LogStartOffset => _offsets.Start;

    /// <summary>Offset of the next record.</summary>
    public long LogEndOffset => _offsets.End;

    /// <summary>Every record below is on disk.</summary>
    public long FlushedOffset => _offsets.Flushed;

    public long SizeInBytes
    {
        get
        {
            var size = 0L;
            foreach (var segment in Volatile.Read(ref _segments))
                size += segment.SizeInBytes;
            return size;
        }
    }

    public int SegmentCount => Volatile.Read(ref _segments).Length;

    /// <summary>A write or fsync failed: see <see cref="LogReadOnlyException"/>.</summary>
    public bool IsReadOnly => Volatile.Read(ref _failure) is not null;

    /// <summary>At least <see cref="LogOptions.FlushMessages"/> records wait for an fsync.</summary>
    public bool IsFlushDue => _offsets.End - _offsets.Flushed >= Options.FlushMessages;

    internal ProducerStates Producers => _producers;

    /// <summary>Opens or creates the log and repairs what a crash left. The directory must not be open elsewhere: <see cref="DataDirectory"/> sees to that.</summary>
    /// <exception cref="CorruptLogException">Records that were on disk are damaged. Nothing was changed.</exception>
    /// <exception cref="IOException">The disk does not do its part.</exception>
    public static PartitionLog Open(string directory, LogOptions options, TimeProvider time, ILogger logger) =>
        Open(directory, options, time, logger, DiskFile.Open);

    internal static PartitionLog Open(string directory, LogOptions options, TimeProvider time, ILogger logger, OpenFile open)
    {
        directory = Path.GetFullPath(directory);
        return new PartitionLog(directory, new LogRecovery(directory, options, time, logger, open).Run(), options, time, logger, open);
    }

    /// <summary>
    /// Appends validated batches with one write. Base offset, leader epoch and, under LogAppendTime, timestamps are set in
    /// <paramref name="batches"/> itself. The records may be read at once and are on disk after the next flush.
    /// </summary>
    /// <param name="batches">Whole batches. One that carries a producer id must come alone.</param>
    /// <param name="leaderEpoch">Written into each batch.</param>
    /// <exception cref="ArgumentException">These are not whole batches.</exception>
    /// <exception cref="LogReadOnlyException">Nothing was appended, and nothing will be.</exception>
    /// <exception cref="DiskFullException">Nothing was appended; a later append may succeed.</exception>
    public AppendResult Append(Memory<byte> batches, int leaderEpoch)
    {
        var append = PendingAppend.Parse(batches.Span);
        while (true)
        {
            RollReason rollReason;
            lock (_lock)
            {
                ThrowUnlessWritable();
                var decision = _producers.Decide(append.FirstHeader);
                if (decision.Outcome != AppendOutcome.Appended)
                    return Refused(decision);
                var options = Options;
                var nowMs = NowMs;
                var maxTimestamp = options.MessageTimestampType == TimestampType.LogAppendTime ? nowMs : append.MaxTimestamp;
                rollReason = _active.RollReasonFor(batches.Length, append.Records, _offsets.End, maxTimestamp, nowMs, options);
                if (rollReason == RollReason.None && !_isMarkedClean)
                    return AppendUnderLock(batches.Span, leaderEpoch, options, nowMs);
            }

            PrepareForAppend(rollReason);
        }
    }

    /// <summary>
    /// Whole batches from the one that holds <paramref name="offset"/> on, which may begin before it. Null when there is no
    /// record from there to the end or to <paramref name="maxOffsetExclusive"/>, or when the first batch does not fit.
    /// </summary>
    /// <param name="offset">From <see cref="LogStartOffset"/> to <see cref="LogEndOffset"/>.</param>
    /// <param name="maxBytes">Bound of the slice.</param>
    /// <param name="maxOffsetExclusive">No batch that begins here or above is part of the slice; high watermark, last stable offset or <see cref="long.MaxValue"/>.</param>
    /// <param name="minOneBatch">The first batch comes even when it alone is larger than <paramref name="maxBytes"/>.</param>
    /// <exception cref="OffsetOutOfRangeException">The offset is below the start or above the end.</exception>
    /// <exception cref="CorruptLogException">What stands there is no batch.</exception>
    public LogSlice? Read(long offset, int maxBytes, long maxOffsetExclusive, bool minOneBatch)
    {
        while (true)
        {
            var end = _offsets.End;
            var segments = Volatile.Read(ref _segments);
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (offset < _offsets.Start || offset > end)
                throw new OffsetOutOfRangeException(offset, _offsets.Start, end);
            if (offset >= Math.Min(end, maxOffsetExclusive))
                return null;

            var segment = segments[FloorIndex(segments, offset)];
            var files = segment.Files;
            if (!files.TryAcquire())
                continue;
            var slice = (LogSlice?)null;
            try
            {
                slice = Slice(segment, offset, maxBytes, maxOffsetExclusive, minOneBatch);
            }
            finally
            {
                if (slice is null)
                    files.Release();
            }

            return slice;
        }
    }

    /// <summary>The first record that is at least as new as <paramref name="timestampMs"/>, in milliseconds since the Unix epoch; null when all are older.</summary>
    public OffsetAndTimestamp? FindByTimestamp(long timestampMs)
    {
        var segments = Volatile.Read(ref _segments);
        ObjectDisposedException.ThrowIf(_isClosed, this);
        foreach (var segment in segments)
        {
            if (!segment.Files.TryAcquire())
                continue;
            try
            {
                if (segment.LargestTimestamp.Timestamp >= timestampMs && segment.FindByTimestamp(timestampMs, _offsets.Start) is { } found)
                    return found;
            }
            finally
            {
                segment.Files.Release();
            }
        }

        return null;
    }

    /// <summary>The first of the records with the largest timestamp; null in a log without timestamps.</summary>
    public OffsetAndTimestamp? MaxTimestamp()
    {
        var segments = Volatile.Read(ref _segments);
        ObjectDisposedException.ThrowIf(_isClosed, this);
        var largest = RecordBatchHeader.NoTimestamp;
        foreach (var segment in segments)
        {
            if (!segment.Files.TryAcquire())
                continue;
            try
            {
                largest = Math.Max(largest, segment.LargestTimestamp.Timestamp);
            }
            finally
            {
                segment.Files.Release();
            }
        }

        return largest < 0 ? null : FindByTimestamp(largest);
    }

    /// <summary>Makes <paramref name="offset"/> the log start, on disk when it returns, and deletes the segments below. At or below the start it does nothing.</summary>
    /// <exception cref="OffsetOutOfRangeException">The offset is above the log end.</exception>
    public void DeleteRecordsBefore(long offset)
    {
        if (offset > _offsets.Flushed && offset <= _offsets.End)
            Flush();
        lock (_flushLock)
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                if (offset > _offsets.End)
                    throw new OffsetOutOfRangeException(offset, _offsets.Start, _offsets.End);
                if (offset <= _offsets.Start)
                    return;
                ThrowUnlessWritable();
                _offsets.MoveStart(offset);
            }

            WriteCheckpointUnderFlushLock(durable: true);
            DeleteSegmentsUnderFlushLock(RetentionPolicy.SegmentsToDrop(Ages(), Options with { DeletesOldSegments = false }, offset, NowMs));
        }
    }

    /// <summary>Deletes the segments that the settings give up, and forgets producers that were silent for too long.</summary>
    /// <returns>How many segments were deleted.</returns>
    public int ApplyRetention()
    {
        lock (_flushLock)
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                _producers.RemoveExpired(NowMs, Options.ProducerIdExpirationMs);
            }

            var ages = Ages();
            var count = RetentionPolicy.SegmentsToDrop(ages, Options, _offsets.Start, NowMs);
            if (count == ages.Length)
            {
                if (IsReadOnly)
                    count--;
                else
                    RollUnderFlushLock(RollReason.Retention);
            }

            return DeleteSegmentsUnderFlushLock(count);
        }
    }

    /// <summary>Returns when everything appended before the call is on disk. Blocks the thread for as long as the disk takes; appends go on meanwhile.</summary>
    /// <exception cref="LogReadOnlyException">What is on disk beyond <see cref="FlushedOffset"/> is unknown.</exception>
    public void Flush()
    {
        lock (_flushLock)
        {
            long upTo;
            ILogFile file;
            lock (_lock)
            {
                ThrowUnlessWritable();
                upTo = _offsets.End;
                if (upTo == _offsets.Flushed)
                    return;
                // Segments change hands under the flush lock only, so this file stays the one with the unflushed bytes.
                file = _active.Files.Log;
            }

            try
            {
                file.Flush();
                MoveFlushed(upTo);
                WriteCheckpointUnderFlushLock(durable: _time.GetElapsedTime(_checkpointFlushedAt) >= CheckpointInterval);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Fail(e);
            }
        }
    }

    /// <summary>Closes the log and deletes its directory. Slices already handed out stay readable.</summary>
    public void Delete()
    {
        lock (_flushLock)
        {
            if (!Close())
                return;
            var doomed = $"{_directory}.{Guid.NewGuid():N}{DataDirectory.DeletedSuffix}";
            System.IO.Directory.Move(_directory, doomed);
            DirectoryEntries.Flush(Path.GetDirectoryName(_directory)!);
            System.IO.Directory.Delete(doomed, recursive: true);
        }
    }

    /// <summary>Clean stop: all on disk, indexes, producer state and a mark that lets the next opening skip the check. A log that is read-only gets no such mark.</summary>
    public void Dispose()
    {
        lock (_flushLock)
        {
            if (!_isClosed && !_isMarkedClean && !IsReadOnly)
                LeaveCleanUnderFlushLock();
            Close();
        }
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static int FloorIndex(Segment[] segments, long offset)
    {
        var (low, high) = (0, segments.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (segments[middle].BaseOffset <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private static LogSlice? Slice(Segment segment, long offset, int maxBytes, long maxOffsetExclusive, bool minOneBatch)
    {
        var (size, endOffset) = segment.Extent;
        var limit = (long)size;
        if (!segment.TryFindBatch(offset, limit, out var position, out var header) || header.BaseOffset >= maxOffsetExclusive)
            return null;
        if (maxOffsetExclusive < endOffset)
            limit = segment.PositionOfBatchAtOrAfter(maxOffsetExclusive, limit);

        long sliceEnd;
        if (header.SizeInBytes > maxBytes)
            sliceEnd = minOneBatch ? position + header.SizeInBytes : position;
        else if (limit - position <= maxBytes)
            sliceEnd = limit;
        else
            sliceEnd = segment.BatchBoundaryAtOrBelow(position + maxBytes, position, limit);
        return sliceEnd == position ? null : LogSlice.Rent(segment.Files, position, (int)(sliceEnd - position));
    }

    private AppendResult Refused(in ProducerDecision decision)
    {
        if (decision.Outcome != AppendOutcome.Duplicate)
            return new AppendResult(decision.Outcome, -1, -1, RecordBatchHeader.NoTimestamp, _offsets.Start);
        var batch = decision.Batch;
        var logAppendTime = Options.MessageTimestampType == TimestampType.LogAppendTime ? batch.Timestamp : RecordBatchHeader.NoTimestamp;
        return new AppendResult(decision.Outcome, batch.FirstOffset, batch.LastOffset, logAppendTime, _offsets.Start);
    }

    private AppendResult AppendUnderLock(Span<byte> batches, int leaderEpoch, LogOptions options, long nowMs)
    {
        var baseOffset = _offsets.End;
        var logAppendTime = options.MessageTimestampType == TimestampType.LogAppendTime ? nowMs : RecordBatchHeader.NoTimestamp;
        var endOffset = PendingAppend.Place(batches, baseOffset, leaderEpoch, logAppendTime);
        var position = _active.SizeInBytes;
        WriteUnderLock(batches);

        ReadOnlySpan<byte> rest = batches;
        while (RecordBatch.TryTake(ref rest, out _, out var header))
        {
            _active.Track(header, position, options.IndexIntervalBytes);
            _producers.Update(header);
            position += header.SizeInBytes;
        }

        _active.Publish(position, endOffset);
        _offsets.MoveEnd(endOffset);
        return new AppendResult(AppendOutcome.Appended, baseOffset, endOffset - 1, logAppendTime, _offsets.Start);
    }

    private void WriteUnderLock(ReadOnlySpan<byte> batches)
    {
        try
        {
            _active.Write(batches);
        }
        catch (IOException e) when (DiskFull.IsCauseOf(e))
        {
            _logger.DiskFull(_directory, e);
            try
            {
                _active.CutBack();
            }
            catch (Exception cut) when (cut is IOException or UnauthorizedAccessException)
            {
                throw FailUnderLock(cut);
            }

            throw new DiskFullException(_directory, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FailUnderLock(e);
        }
    }

    private void PrepareForAppend(RollReason rollReason)
    {
        lock (_flushLock)
        {
            lock (_lock)
                ThrowUnlessWritable();
            if (_isMarkedClean)
                TakeBackCleanMarkUnderFlushLock();
            if (rollReason != RollReason.None)
                RollUnderFlushLock(rollReason);
        }
    }

    /// <summary>
    /// Not fsynced: should a power loss bring the clean mark back, the segment it names is either as it was, and
    /// clean, or longer or followed by another, and then the mark does not count.
    /// </summary>
    private void TakeBackCleanMarkUnderFlushLock()
    {
        try
        {
            WriteCheckpointUnderFlushLock(durable: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fail(e);
        }
    }

    /// <summary>
    /// The old segment, its indexes and the producers' state are on disk before the new segment exists: a segment with a
    /// successor is never torn. Appends wait meanwhile. A roll that fails for lack of space has changed nothing that counts.
    /// </summary>
    private void RollUnderFlushLock(RollReason reason)
    {
        lock (_lock)
        {
            ThrowUnlessWritable();
            if (_active.SizeInBytes == 0)
                return;
            var baseOffset = _offsets.End;
            try
            {
                _active.Files.Log.Flush();
                _offsets.MoveFlushed(baseOffset);
                _active.WriteIndexes(_open);
                _snapshots.Write(_producers, baseOffset);
                WriteCheckpointUnderFlushLock(durable: true);
                var log = _open(SegmentNames.PathOf(_directory, baseOffset, SegmentNames.Log), FileMode.Create, FileAccess.ReadWrite);
                DirectoryEntries.Flush(_directory);
                var active = new ActiveSegment(new SegmentFiles(_directory, baseOffset, log), NowMs);
                Volatile.Write(ref _segments, [.. _segments[..^1], _active.Seal(), active]);
                _active = active;
            }
            catch (IOException e) when (DiskFull.IsCauseOf(e))
            {
                _logger.DiskFull(_directory, e);
                throw new DiskFullException(_directory, e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw FailUnderLock(e);
            }

            _snapshots.Prune(_segments.Select(static s => s.BaseOffset), baseOffset);
            _logger.Rolled(_directory, baseOffset, reason);
        }
    }

    private SegmentAge[] Ages() =>
        Array.ConvertAll(_segments, static segment =>
        {
            var newest = segment.LargestTimestamp.Timestamp;
            if (newest < 0)
                newest = new DateTimeOffset(File.GetLastWriteTimeUtc(segment.Files.LogPath)).ToUnixTimeMilliseconds();
            return new SegmentAge(segment.BaseOffset, segment.SizeInBytes, newest);
        });

    private int DeleteSegmentsUnderFlushLock(int count)
    {
        if (count == 0)
            return 0;
        Segment[] doomed;
        lock (_lock)
        {
            doomed = _segments[..count];
            // The start first: a reader that sees the shorter list must not take its first segment for the one it asked for.
            _offsets.MoveStart(_segments[count].BaseOffset);
            Volatile.Write(ref _segments, _segments[count..]);
        }

        foreach (var segment in doomed)
        {
            segment.Files.Unlink();
            segment.Files.Release();
        }

        DirectoryEntries.Flush(_directory);
        WriteCheckpointUnderFlushLock(durable: false);
        _logger.DeletedSegments(_directory, count, _offsets.Start);
        return count;
    }

    private void LeaveCleanUnderFlushLock()
    {
        try
        {
            Flush();
            lock (_lock)
            {
                var end = _offsets.End;
                _active.WriteIndexes(_open);
                _snapshots.Write(_producers, end);
                _snapshots.Prune(_segments.Select(static s => s.BaseOffset), end);
                _checkpoint.Write(new CheckpointState(_offsets.Start, end, new CleanEnd(end, _active.BaseOffset, _active.SizeInBytes)), durable: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.CleanStopFailed(_directory, e);
        }
    }

    /// <returns>False when it was closed already.</returns>
    private bool Close()
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;
            _isClosed = true;
            foreach (var segment in _segments)
                segment.Files.Release();
            _checkpoint.Dispose();
            return true;
        }
    }

    private void WriteCheckpointUnderFlushLock(bool durable)
    {
        _checkpoint.Write(new CheckpointState(_offsets.Start, _offsets.Flushed, null), durable);
        _isMarkedClean = false;
        if (durable)
            _checkpointFlushedAt = _time.GetTimestamp();
    }

    private void MoveFlushed(long offset)
    {
        lock (_lock)
            _offsets.MoveFlushed(offset);
    }

    private void ThrowUnlessWritable()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_failure is not null)
            throw new LogReadOnlyException(_directory, _failure);
    }

    private LogReadOnlyException Fail(Exception cause)
    {
        lock (_lock)
            return FailUnderLock(cause);
    }

    private LogReadOnlyException FailUnderLock(Exception cause)
    {
        if (_failure is null)
        {
            Volatile.Write(ref _failure, cause);
            _logger.BecameReadOnly(_directory, cause);
        }

        return new LogReadOnlyException(_directory, _failure);
    }
}
