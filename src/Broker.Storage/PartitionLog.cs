using Broker.Storage.Compaction;
using Broker.Storage.Disks;
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
    private readonly LogState _log;
    private readonly LogAppender _appender;
    private readonly LogMaintenance _maintenance;
    private readonly LogCompaction _compaction;

    private PartitionLog(LogState log, RecoveredLog recovered)
    {
        _log = log;
        _appender = new LogAppender(log, recovered.Active, recovered.Producers);
        _maintenance = new LogMaintenance(log, _appender, recovered.Checkpoint);
        _compaction = new LogCompaction(log, _maintenance, _appender);
    }

    public string Directory => _log.Directory;

    /// <summary>May be replaced while the log is open; the next append, flush or retention goes by it.</summary>
    public LogOptions Options
    {
        get => _log.Options;
        set => _log.Options = value;
    }

    /// <summary>First offset that may be read.</summary>
    public long LogStartOffset => _log.Offsets.Start;

    /// <summary>Offset of the next record.</summary>
    public long LogEndOffset => _log.Offsets.End;

    /// <summary>Every record below is on disk.</summary>
    public long FlushedOffset => _log.Offsets.Flushed;

    public long SizeInBytes => _log.Segments.SizeInBytes;

    public int SegmentCount => _log.Segments.Count;

    /// <summary>A write or fsync failed: see <see cref="LogReadOnlyException"/>.</summary>
    public bool IsReadOnly => _log.Failure.IsSet;

    /// <summary>At least <see cref="LogOptions.FlushMessages"/> records wait for an fsync.</summary>
    public bool IsFlushDue => _log.Offsets.End - _log.Offsets.Flushed >= _log.Options.FlushMessages;

    /// <inheritdoc cref="LogAppender.IsFlushWanted"/>
    internal bool IsFlushWanted => _appender.IsFlushWanted;

    internal ProducerStates Producers => _appender.Producers;

    /// <summary>Opens or creates the log and repairs what a crash left. The directory must not be open elsewhere: <see cref="DataDirectory"/> sees to that.</summary>
    /// <param name="directory">The log's own; made where missing.</param>
    /// <param name="options">The topic's settings.</param>
    /// <param name="time">For retention, producer expiry and log-append time.</param>
    /// <param name="logger">Where it is said what was repaired.</param>
    /// <param name="disk">The file system; the machine's own when null.</param>
    /// <exception cref="CorruptLogException">Records that were on disk are damaged. No record was changed.</exception>
    /// <exception cref="IOException">The disk does not do its part.</exception>
    public static PartitionLog Open(string directory, LogOptions options, TimeProvider time, ILogger logger, Disk? disk = null)
    {
        disk ??= Disk.Real;
        directory = Path.GetFullPath(directory);
        var recovered = new LogRecovery(disk, directory, options, time, logger).Run();
        return new PartitionLog(new LogState(disk, directory, options, time, logger, recovered), recovered);
    }

    /// <summary>Whether a log is in the directory: a segment, or at least the word of how far one got.</summary>
    internal static bool Exists(Disk disk, string directory) =>
        disk.DirectoryExists(directory)
        && (SegmentNames.List(disk, directory, SegmentNames.Log).Length > 0 || LogCheckpoint.Read(disk, directory) is not null);

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
            lock (_log.Lock)
            {
                _log.ThrowUnlessWritable();
                var options = _log.Options;
                if (_appender.TryRefuse(append, mustStartAtZero, options, out var refused))
                    return refused;
                var nowMs = _log.NowMs;
                rollReason = _appender.RollReasonFor(append, options, nowMs);
                if (rollReason == RollReason.None && !_maintenance.SaysClean)
                    return _appender.Append(batches.Span, leaderEpoch, options, nowMs);
            }

            _maintenance.PrepareForAppend(rollReason);
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
        // An answer of empty batches alone looks to some clients like a batch too large to send: they come only when nothing else does.
        var (from, skipsEmpty) = (offset, true);
        while (true)
        {
            var end = LogEndOffset;
            var segments = _log.Segments;
            _log.ThrowIfClosed();
            if (offset < LogStartOffset || offset > end)
                throw new OffsetOutOfRangeException(offset, LogStartOffset, end);
            if (offset >= Math.Min(end, maxOffsetExclusive))
                return null;
            if (from >= Math.Min(end, maxOffsetExclusive))
                (from, skipsEmpty) = (offset, false);

            var segment = segments.Floor(from);
            if (!segment.Files.TryAcquire())
                continue; // deleted or replaced since the list was taken: the log has another by now
            var slice = (LogSlice?)null;
            try
            {
                slice = segment.Slice(from, maxBytes, maxOffsetExclusive, minOneBatch, skipsEmpty, out var resumeAt);
                if (slice is not null || (resumeAt < 0 && from == offset))
                    return slice;
                (from, skipsEmpty) = resumeAt < 0 ? (offset, false) : (resumeAt, true);
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
        while (true)
        {
            _log.ThrowIfClosed();
            if (_log.Segments.TryFindByTimestamp(timestampMs, LogStartOffset, out var found))
                return found;
        }
    }

    /// <summary>The first of the records with the largest timestamp; null in a log without timestamps.</summary>
    public OffsetAndTimestamp? MaxTimestamp()
    {
        while (true)
        {
            _log.ThrowIfClosed();
            if (_log.Segments.TryFindMaxTimestamp(LogStartOffset, out var found))
                return found;
        }
    }

    /// <summary>The largest leader epoch with records that is at most <paramref name="epoch"/>, else that one, and the offset after its last record.</summary>
    public (int Epoch, long EndOffset) EndOfEpoch(int epoch) => _log.Epochs.EndOf(epoch, LogEndOffset);

    /// <summary>The leader epoch that an offset was written in; -1 in a log without records.</summary>
    public int EpochOf(long offset) => _log.Epochs.EpochOf(offset);

    /// <summary>Makes <paramref name="offset"/> the log start, on disk when it returns, and deletes the segments below. At or below the start it does nothing.</summary>
    /// <exception cref="OffsetOutOfRangeException">The offset is above the log end.</exception>
    /// <exception cref="LogReadOnlyException">The start stays where it was.</exception>
    public void DeleteRecordsBefore(long offset) => _maintenance.DeleteRecordsBefore(offset);

    /// <summary>Deletes the segments that the settings give up, and forgets producers that were silent for too long.</summary>
    /// <returns>How many segments were deleted.</returns>
    public int ApplyRetention() => _maintenance.ApplyRetention();

    /// <summary>How much there is to compact by the topic's settings, and whether it is time.</summary>
    /// <exception cref="ObjectDisposedException" />
    public CompactionStatus DescribeCompaction() => _compaction.Describe();

    /// <summary>
    /// Keeps the newest record of each key among the sealed segments that may be compacted, tombstones for <see cref="LogOptions.DeleteRetentionMs"/>,
    /// and nothing of aborted transactions. Offsets do not change, so they have gaps afterwards. Takes as long as reading and writing these segments
    /// does, on the caller's thread; all else goes on meanwhile.
    /// </summary>
    /// <param name="buffer">Bounds the keys compacted at once; what does not fit stays dirty.</param>
    /// <param name="ct">Leaves the segments finished by then.</param>
    /// <exception cref="CorruptLogException">A batch is damaged. Nothing of its segment was touched.</exception>
    /// <exception cref="LogReadOnlyException">A write or fsync has failed.</exception>
    /// <exception cref="IOException">The disk did not do its part, for one because it is full; segments are as they were.</exception>
    /// <exception cref="OperationCanceledException" />
    public CompactionResult Compact(CompactionBuffer buffer, CancellationToken ct = default) => _compaction.Run(buffer, ct);

    /// <summary>Returns when everything appended before the call is on disk. Blocks the thread for as long as the disk takes; appends go on meanwhile.</summary>
    /// <exception cref="LogReadOnlyException">What is on disk beyond <see cref="FlushedOffset"/> is unknown.</exception>
    public void Flush() => _maintenance.Flush();

    /// <summary>Closes the log and deletes its directory. Slices already handed out stay readable.</summary>
    public void Delete()
    {
        if (!_maintenance.Close(clean: false))
            return;
        var doomed = $"{Directory}.{Guid.NewGuid():N}{DataDirectory.DeletedSuffix}";
        _log.Disk.RenameDirectory(Directory, doomed);
        _log.Disk.FlushDirectory(Path.GetDirectoryName(Directory)!);
        _log.Disk.DeleteDirectory(doomed);
    }

    /// <summary>Clean stop: all on disk, indexes, producer state and a mark that lets the next opening skip the check. A log that is read-only gets no such mark.</summary>
    public void Dispose() => _maintenance.Close(clean: true);
}
