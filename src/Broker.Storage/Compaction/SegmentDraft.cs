using System.Buffers;
using Broker.Records;
using Broker.Storage.Disks;

namespace Broker.Storage.Compaction;

/// <summary>
/// A compacted segment on its way: files beside the log's own, with a suffix that recovery deletes. One writer. Dispose gives it up
/// unless <see cref="SegmentSwap"/> has made it part of the log.
/// </summary>
internal sealed class SegmentDraft : IDisposable
{
    private const int WriteBytes = 512 * 1024;

    private readonly Disk _disk;
    private readonly string _directory;
    private readonly ActiveSegment _segment;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly int _indexIntervalBytes;
    private int _size;
    private bool _isKept;

    public SegmentDraft(LogState log, long baseOffset)
    {
        _disk = log.Disk;
        _directory = log.Directory;
        _indexIntervalBytes = log.Options.IndexIntervalBytes;
        var path = SegmentNames.PathOf(_directory, baseOffset, SegmentNames.Log + SegmentNames.Cleaned);
        var file = _disk.Open(path, FileMode.Create, FileAccess.ReadWrite);
        _segment = new ActiveSegment(new SegmentFiles(_disk, _directory, baseOffset, file, SegmentNames.Cleaned), log.Time);
    }

    public long BaseOffset => _segment.BaseOffset;

    public int SizeInBytes => _size;

    /// <exception cref="OverflowException">The segment would grow beyond 2 GiB: delete horizons made it larger than it was.</exception>
    public void Add(ReadOnlySpan<byte> batch)
    {
        RecordBatchHeader.TryRead(batch, out var header);
        var end = checked(_size + batch.Length);
        _segment.Track(header, _size, _indexIntervalBytes);
        _pending.Write(batch);
        _size = end;
        if (_pending.WrittenCount >= WriteBytes)
            WritePending(header.NextOffset);
    }

    public void AddAborted(in AbortedRange range) => _segment.TrackAborted(range);

    /// <summary>On return log and indexes are on disk, their names perhaps not.</summary>
    /// <param name="endOffset">Where the next segment begins.</param>
    public void Finish(long endOffset)
    {
        WritePending(endOffset);
        _segment.Files.Log.Flush();
        _segment.WriteIndexes(_disk);
    }

    /// <summary>The finished segment under the names of the log; it has the open file in common with the draft until <see cref="Keep"/>.</summary>
    public SealedSegment Seal() => new(new SegmentFiles(_disk, _directory, BaseOffset, _segment.Files.Log), _segment.Extent, _segment.LargestTimestamp);

    /// <summary>The segment is part of the log.</summary>
    public void Keep() => _isKept = true;

    public void Dispose()
    {
        if (_isKept)
            return;
        _segment.Files.Release();
        SegmentNames.DeleteCleaned(_disk, _directory, BaseOffset);
    }

    private void WritePending(long endOffset)
    {
        _segment.Write(_pending.WrittenSpan);
        _segment.Publish(_size, endOffset);
        _pending.ResetWrittenCount();
    }
}
