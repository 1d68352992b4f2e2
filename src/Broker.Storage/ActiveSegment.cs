using Broker.Records;
using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>
/// The one segment that grows. One writer at a time, which the log's lock sees to; readers need no lock. Its indexes
/// live in memory and reach their files whole, at sealing and at a clean stop.
/// </summary>
internal sealed class ActiveSegment : Segment
{
    /// <summary>So much at a time goes to the disk before anybody asks for it, or the fsync of the roll would have up to a whole segment to write.</summary>
    internal const int WriteBackBytes = 8 * 1024 * 1024;

    private readonly IndexBuffer _offsetIndex = new(OffsetIndex.EntrySize);
    private readonly IndexBuffer _timeIndex = new(TimeIndex.EntrySize);
    private readonly IndexBuffer _transactionIndex = new(TransactionIndex.EntrySize);
    private readonly TimeProvider _time;
    private readonly long _begun;
    private readonly double _jitter = Random.Shared.NextDouble();
    private long _extent;
    private int _flushedSize;
    private long _bytesSinceIndexEntry;
    private long _largestTimestamp = RecordBatchHeader.NoTimestamp;
    private long _offsetOfLargestTimestamp = -1;
    private long? _firstTimestamp;
    private bool _isReserved;

    public ActiveSegment(SegmentFiles files, TimeProvider time)
        : base(files)
    {
        _time = time;
        _begun = time.GetTimestamp();
    }

    /// <summary>One 64-bit value holds both parts, so that no reader sees one without the other.</summary>
    public override SegmentExtent Extent
    {
        get
        {
            var extent = Volatile.Read(ref _extent);
            return new SegmentExtent((int)extent, BaseOffset + (uint)(extent >> 32));
        }
    }

    public override long LargestTimestamp => Volatile.Read(ref _largestTimestamp);

    protected override ReadOnlySpan<byte> OffsetEntries => _offsetIndex.Entries;

    protected override ReadOnlySpan<byte> TimeEntries => _timeIndex.Entries;

    protected override ReadOnlySpan<byte> TransactionEntries => _transactionIndex.Entries;

    /// <summary>Takes over the indexes that a clean stop left; false when they do not fit the log.</summary>
    public bool TryLoad(long size, byte[] offsetEntries, byte[] timeEntries, byte[] transactionEntries, long logEndOffset)
    {
        if (!TransactionIndex.IsPlausible(transactionEntries, BaseOffset, logEndOffset))
            return false;
        if (offsetEntries.Length % OffsetIndex.EntrySize != 0 || timeEntries.Length % TimeIndex.EntrySize != 0)
            return false;
        var lastRelativeOffset = logEndOffset - 1 - BaseOffset;
        var (offsets, times) = (OffsetIndex.Count(offsetEntries), TimeIndex.Count(timeEntries));
        var last = offsets == 0 ? default : OffsetIndex.At(offsetEntries, offsets - 1);
        if (offsets > 0 && (last.RelativeOffset > lastRelativeOffset || last.Position >= size))
            return false;
        if (times > 0)
        {
            var (timestamp, relativeOffset) = TimeIndex.At(timeEntries, times - 1);
            if (relativeOffset > lastRelativeOffset)
                return false;
            (_largestTimestamp, _offsetOfLargestTimestamp) = (timestamp, BaseOffset + relativeOffset);
        }

        _offsetIndex.Load(offsetEntries);
        _timeIndex.Load(timeEntries);
        _transactionIndex.Load(transactionEntries);
        _bytesSinceIndexEntry = size - last.Position;
        Publish(size, logEndOffset);
        return true;
    }

    /// <summary>Bytes that no fsync has begun with. What is there at open is on disk.</summary>
    public long UnflushedBytes => SizeInBytes - Volatile.Read(ref _flushedSize);

    /// <summary>Puts bytes behind the last batch, where no reader looks before <see cref="Publish"/>.</summary>
    public void Write(ReadOnlySpan<byte> batches)
    {
        var size = SizeInBytes;
        Files.Log.Write(batches, size);
        var (begun, whole) = (size / WriteBackBytes, (size + batches.Length) / WriteBackBytes);
        if (whole > begun)
            Files.Log.StartWriteBack((long)begun * WriteBackBytes, (long)whole * WriteBackBytes);
    }

    /// <summary>All that is there now is about to be brought to disk, or is already.</summary>
    public void BeginFlush() => Volatile.Write(ref _flushedSize, SizeInBytes);

    /// <summary>Removes what a failed <see cref="Write"/> left behind.</summary>
    public void CutBack() => Files.Log.SetLength(SizeInBytes);

    /// <summary>Sets room aside for all of the segment; where there is none it grows as it is written. No write runs meanwhile.</summary>
    public void Reserve(LogOptions options)
    {
        if (!options.Preallocate)
            return;
        _isReserved = true;
        if (!Files.Log.TryReserve(options.SegmentBytes))
            Unreserve();
    }

    /// <summary>Gives back what is left of the room.</summary>
    public void Unreserve()
    {
        if (_isReserved)
            Files.Log.SetLength(SizeInBytes);
        _isReserved = false;
    }

    /// <summary>Accounts for a batch that stands at <paramref name="position"/>; recovery calls it as appending does, so both build the same indexes.</summary>
    public void Track(in RecordBatchHeader header, long position, int indexIntervalBytes)
    {
        _firstTimestamp ??= header.MaxTimestamp;
        // A batch that compaction has emptied has no record with that time any more.
        if (header.MaxTimestamp > _largestTimestamp && header.RecordCount > 0)
        {
            _offsetOfLargestTimestamp = header.LastOffset;
            Volatile.Write(ref _largestTimestamp, header.MaxTimestamp);
        }

        if (_bytesSinceIndexEntry > indexIntervalBytes)
        {
            Span<byte> entry = stackalloc byte[OffsetIndex.EntrySize];
            OffsetIndex.Write(entry, (int)(header.LastOffset - BaseOffset), (int)position);
            _offsetIndex.Append(entry);
            AppendTimeEntry();
            _bytesSinceIndexEntry = 0;
        }

        _bytesSinceIndexEntry += header.SizeInBytes;
    }

    /// <summary>Accounts for a transaction whose abort marker is in this segment.</summary>
    public void TrackAborted(in AbortedRange range)
    {
        Span<byte> entry = stackalloc byte[TransactionIndex.EntrySize];
        TransactionIndex.Write(entry, range);
        _transactionIndex.Append(entry);
    }

    /// <summary>Lets readers see the batches up to here.</summary>
    public void Publish(long size, long endOffset) => Volatile.Write(ref _extent, ((endOffset - BaseOffset) << 32) | size);

    /// <summary>Why the next append belongs into a new segment, if it does.</summary>
    public RollReason RollReasonFor(int appendBytes, long appendRecords, long logEndOffset, long appendMaxTimestamp, LogOptions options)
    {
        var size = SizeInBytes;
        if (size == 0)
            return RollReason.None;
        if ((long)size + appendBytes > options.SegmentBytes)
            return RollReason.Size;
        if (logEndOffset + appendRecords - 1 - BaseOffset > int.MaxValue)
            return RollReason.Offsets;
        if (_offsetIndex.SizeInBytes + OffsetIndex.EntrySize > options.SegmentIndexBytes)
            return RollReason.Index;
        return AgeMs(appendMaxTimestamp) > options.MaxSegmentMs - JitterOf(options) ? RollReason.Time : RollReason.None;
    }

    /// <summary>
    /// Puts index files in their places, whole under their names from the first moment; their names are on disk after the next fsync of the
    /// directory. May be repeated.
    /// </summary>
    public void WriteIndexes(Disk disk)
    {
        AppendTimeEntry();
        WriteTransactionIndex(disk);
        disk.PutFile(Files.OffsetIndexPath, _offsetIndex.Entries);
        disk.PutFile(Files.TimeIndexPath, _timeIndex.Entries);
    }

    /// <summary>To be called once <see cref="WriteIndexes"/> has returned; this object must not be written to any more.</summary>
    public SealedSegment Seal() => new(Files, Extent, _largestTimestamp);

    /// <summary>Beside the other indexes a missing one says that nothing was aborted: it must be on disk, entry in the directory included, before they are.</summary>
    private void WriteTransactionIndex(Disk disk)
    {
        if (_transactionIndex.SizeInBytes == 0)
        {
            disk.DeleteFile(Files.TransactionIndexPath);
            return;
        }

        disk.ReplaceFile(Files.TransactionIndexPath, _transactionIndex.Entries);
    }

    private long JitterOf(LogOptions options) =>
        options.SegmentJitterMs == 0 ? 0 : (long)(_jitter * Math.Min(options.SegmentJitterMs, options.MaxSegmentMs));

    /// <summary>What its records span. Where they have no timestamps, or go back because a clock was set back, how long it has taken appends.</summary>
    private double AgeMs(long appendMaxTimestamp)
    {
        _firstTimestamp ??= FirstTimestamp();
        return _firstTimestamp >= 0 && appendMaxTimestamp >= _firstTimestamp
            ? appendMaxTimestamp - _firstTimestamp.Value
            : _time.GetElapsedTime(_begun).TotalMilliseconds;
    }

    private void AppendTimeEntry()
    {
        var entries = _timeIndex.Entries;
        var count = TimeIndex.Count(entries);
        if (_largestTimestamp < 0 || (count > 0 && TimeIndex.At(entries, count - 1).Timestamp >= _largestTimestamp))
            return;
        Span<byte> entry = stackalloc byte[TimeIndex.EntrySize];
        TimeIndex.Write(entry, _largestTimestamp, (int)(_offsetOfLargestTimestamp - BaseOffset));
        _timeIndex.Append(entry);
    }
}
