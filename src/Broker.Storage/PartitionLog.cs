using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>
/// One partition's log on disk: the only door to its directory. Every member may be called from any thread. Appends go
/// one at a time under one lock; readers take none. Flush, roll, deletion and checkpoints go one at a time under the
/// flush lock, which is always taken first. A failed write or fsync is final (<see cref="LogReadOnlyException"/>): reads,
/// retention and deletion go on, and only opening the log again repairs it.
/// </summary>
public sealed partial class PartitionLog : IDisposable
{
    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LogCheckpoint _checkpoint;
    private readonly LogOffsets _offsets;
    private readonly LogAppender _appender;
    private readonly WriteFailure _failure;
    private readonly Lock _flushLock = new();
    private readonly Lock _lock = new();

    private volatile LogOptions _options;
    private volatile SegmentList _segments;
    private volatile bool _isClosed;

    private PartitionLog(string directory, RecoveredLog recovered, LogOptions options, TimeProvider time, ILogger logger, OpenFile open)
    {
        _directory = directory;
        _options = options;
        _time = time;
        _logger = logger;
        _checkpoint = recovered.Checkpoint;
        _offsets = recovered.Offsets;
        _segments = new SegmentList(recovered.Segments);
        _failure = new WriteFailure(directory, logger);
        _appender = new LogAppender(directory, recovered.Active, recovered.Producers, recovered.Offsets, _failure, open, logger);
    }

    public string Directory => _directory;

    /// <summary>May be replaced while the log is open; the next append, flush or retention goes by it.</summary>
    public LogOptions Options
    {
        get => _options;
        set => _options = value;
    }

    /// <summary>First offset that may be read.</summary>
    public long LogStartOffset => _offsets.Start;

    /// <summary>Offset of the next record.</summary>
    public long LogEndOffset => _offsets.End;

    /// <summary>Every record below is on disk.</summary>
    public long FlushedOffset => _offsets.Flushed;

    public long SizeInBytes => _segments.SizeInBytes;

    public int SegmentCount => _segments.Count;

    /// <summary>A write or fsync failed: see <see cref="LogReadOnlyException"/>.</summary>
    public bool IsReadOnly => _failure.IsSet;

    /// <summary>At least <see cref="LogOptions.FlushMessages"/> records wait for an fsync.</summary>
    public bool IsFlushDue => _offsets.End - _offsets.Flushed >= _options.FlushMessages;

    internal ProducerStates Producers => _appender.Producers;

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens or creates the log and repairs what a crash left. The directory must not be open elsewhere: <see cref="DataDirectory"/> sees to that.</summary>
    /// <exception cref="CorruptLogException">Records that were on disk are damaged. No record was changed.</exception>
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
    /// <param name="mustStartAtZero">A producer of whom nothing is known here may not begin in the middle: KIP-890, transactions v2.</param>
    /// <exception cref="ArgumentException">These are not whole batches.</exception>
    /// <exception cref="LogReadOnlyException">Nothing was appended, and nothing will be.</exception>
    /// <exception cref="DiskFullException">Nothing was appended; a later append may succeed.</exception>
    public AppendResult Append(Memory<byte> batches, int leaderEpoch, bool mustStartAtZero = false)
    {
        var append = PendingAppend.Parse(batches.Span);
        while (true)
        {
            RollReason rollReason;
            lock (_lock)
            {
                ThrowUnlessWritable();
                var options = _options;
                if (_appender.TryRefuse(append, mustStartAtZero, options, out var refused))
                    return refused;
                var nowMs = NowMs;
                rollReason = _appender.RollReasonFor(append, options, nowMs);
                if (rollReason == RollReason.None && !_checkpoint.SaysClean)
                    return _appender.Append(batches.Span, leaderEpoch, options, nowMs);
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
            var segments = _segments;
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (offset < _offsets.Start || offset > end)
                throw new OffsetOutOfRangeException(offset, _offsets.Start, end);
            if (offset >= Math.Min(end, maxOffsetExclusive))
                return null;

            var segment = segments.Floor(offset);
            if (!segment.Files.TryAcquire())
                continue; // deleted since the list was taken: the start has moved too
            var slice = (LogSlice?)null;
            try
            {
                return slice = segment.Slice(offset, maxBytes, maxOffsetExclusive, minOneBatch);
            }
            finally
            {
                if (slice is null)
                    segment.Files.Release();
            }
        }
    }

    /// <summary>The first record that is at least as new as <paramref name="timestampMs"/>, in milliseconds since the Unix epoch; null when all are older.</summary>
    public OffsetAndTimestamp? FindByTimestamp(long timestampMs)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return _segments.FindByTimestamp(timestampMs, _offsets.Start);
    }

    /// <summary>The first of the records with the largest timestamp; null in a log without timestamps.</summary>
    public OffsetAndTimestamp? MaxTimestamp()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        var segments = _segments;
        var largest = segments.LargestTimestamp();
        return largest < 0 ? null : segments.FindByTimestamp(largest, _offsets.Start);
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

            WriteCheckpoint(static (checkpoint, state) => checkpoint.Write(state));
            DeleteOldestUnderFlushLock(RetentionPolicy.SegmentsToDrop(_segments.Ages(), _options with { DeletesOldSegments = false }, offset, NowMs));
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
                Producers.RemoveExpired(NowMs, _options.ProducerIdExpirationMs);
            }

            var ages = _segments.Ages();
            var count = RetentionPolicy.SegmentsToDrop(ages, _options, _offsets.Start, NowMs);
            if (count == ages.Length)
            {
                if (IsReadOnly)
                    count--;
                else
                    RollUnderFlushLock(RollReason.Retention);
            }

            return DeleteOldestUnderFlushLock(count);
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
                file = _appender.Active.Files.Log;
            }

            try
            {
                file.Flush();
            }
            catch (Exception e) when (WriteFailure.IsFromDisk(e))
            {
                throw _failure.Set(e);
            }

            lock (_lock)
                _offsets.MoveFlushed(upTo);
            WriteCheckpoint(static (checkpoint, state) => checkpoint.WriteSoon(state));
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
            if (!_isClosed && !_checkpoint.SaysClean && !IsReadOnly)
                LeaveCleanUnderFlushLock();
            Close();
        }
    }

    private void PrepareForAppend(RollReason rollReason)
    {
        lock (_flushLock)
        {
            lock (_lock)
                ThrowUnlessWritable();
            // No fsync: should a power loss bring the clean mark back, the segment it names is either as it was, and clean,
            // or longer or followed by another, and then the mark does not count.
            if (_checkpoint.SaysClean)
                WriteCheckpoint(static (checkpoint, state) => checkpoint.WriteBehind(state));
            if (rollReason != RollReason.None)
                RollUnderFlushLock(rollReason);
        }
    }

    /// <summary>Appends wait meanwhile.</summary>
    private void RollUnderFlushLock(RollReason reason)
    {
        lock (_lock)
        {
            ThrowUnlessWritable();
            if (_appender.Active.SizeInBytes == 0)
                return;
            try
            {
                _segments = _appender.Roll(_segments, NowMs);
            }
            catch (IOException e) when (DiskFull.IsCauseOf(e))
            {
                _logger.DiskFull(_directory, e);
                throw new DiskFullException(_directory, e);
            }
            catch (Exception e) when (WriteFailure.IsFromDisk(e))
            {
                throw _failure.Set(e);
            }

            _logger.Rolled(_directory, _offsets.End, reason);
        }

        WriteCheckpoint(static (checkpoint, state) => checkpoint.Write(state));
    }

    private int DeleteOldestUnderFlushLock(int count)
    {
        if (count == 0)
            return 0;
        var before = _segments;
        var after = before.WithoutOldest(count);
        lock (_lock)
        {
            // The start first: a reader that sees the shorter list must not take its first segment for the one it asked for.
            _offsets.MoveStart(after.First.BaseOffset);
            _segments = after;
        }

        foreach (var segment in before.All[..count])
        {
            try
            {
                segment.Files.Unlink();
            }
            finally
            {
                segment.Files.Release();
            }
        }

        DirectoryEntries.Flush(_directory);
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
                var cleanEnd = _appender.WriteCleanEnd(_segments);
                _checkpoint.Write(new CheckpointState(_offsets.Start, _offsets.Flushed, cleanEnd));
            }
        }
        catch (Exception e) when (WriteFailure.IsFromDisk(e))
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
            foreach (var segment in _segments.All)
                segment.Files.Release();
            _checkpoint.Dispose();
            return true;
        }
    }

    /// <summary>Under the flush lock. The log is in use from now on, whatever the checkpoint said before.</summary>
    private void WriteCheckpoint(Action<LogCheckpoint, CheckpointState> write)
    {
        try
        {
            write(_checkpoint, new CheckpointState(_offsets.Start, _offsets.Flushed, null));
        }
        catch (Exception e) when (WriteFailure.IsFromDisk(e))
        {
            throw _failure.Set(e);
        }
    }

    private void ThrowUnlessWritable()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        _failure.ThrowIfSet();
    }
}
