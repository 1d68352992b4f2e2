using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>
/// The files of one segment and how long they stay open: while the log lists the segment, and while a reader or a
/// slice being sent holds a reference. The last one to let go closes them.
/// </summary>
/// <param name="disk">Where they are.</param>
/// <param name="directory">Of the log.</param>
/// <param name="baseOffset">Which segment.</param>
/// <param name="log">Its log file, open.</param>
/// <param name="aside">What is behind the files' names while they are no part of the log.</param>
internal sealed class SegmentFiles(Disk disk, string directory, long baseOffset, DiskFile log, string aside = "")
{
    private readonly Lock _viewing = new();
    private FileView? _offsetIndex;
    private FileView? _timeIndex;
    private FileView? _transactionIndex;
    private int _references = 1;

    public long BaseOffset => baseOffset;

    public DiskFile Log => log;

    public string LogPath { get; } = SegmentNames.PathOf(directory, baseOffset, SegmentNames.Log + aside);

    public string OffsetIndexPath { get; } = SegmentNames.PathOf(directory, baseOffset, SegmentNames.OffsetIndex + aside);

    public string TimeIndexPath { get; } = SegmentNames.PathOf(directory, baseOffset, SegmentNames.TimeIndex + aside);

    /// <summary>There is no such file where no transaction was aborted.</summary>
    public string TransactionIndexPath { get; } = SegmentNames.PathOf(directory, baseOffset, SegmentNames.TransactionIndex + aside);

    /// <summary>Only with a reference in hand, and only of a sealed segment.</summary>
    public ReadOnlySpan<byte> OffsetIndexEntries => View(ref _offsetIndex, OffsetIndexPath, OffsetIndex.EntrySize);

    /// <inheritdoc cref="OffsetIndexEntries"/>
    public ReadOnlySpan<byte> TimeIndexEntries => View(ref _timeIndex, TimeIndexPath, TimeIndex.EntrySize);

    /// <inheritdoc cref="OffsetIndexEntries"/>
    public ReadOnlySpan<byte> TransactionIndexEntries => View(ref _transactionIndex, TransactionIndexPath, TransactionIndex.EntrySize);

    /// <summary>From now on the indexes are these, whatever takes their names.</summary>
    public void HoldIndexes()
    {
        _ = OffsetIndexEntries;
        _ = TimeIndexEntries;
        _ = TransactionIndexEntries;
    }

    /// <summary>False once the files were closed: the segment is gone from the log.</summary>
    public bool TryAcquire()
    {
        var references = Volatile.Read(ref _references);
        while (references > 0)
        {
            var seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references)
                return true;
            references = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        _offsetIndex?.Dispose();
        _timeIndex?.Dispose();
        _transactionIndex?.Dispose();
        log.Dispose();
    }

    private ReadOnlySpan<byte> View(ref FileView? view, string path, int entrySize)
    {
        var viewed = Volatile.Read(ref view);
        if (viewed is null)
        {
            lock (_viewing)
            {
                viewed = view ?? disk.View(path);
                Volatile.Write(ref view, viewed);
            }
        }

        var bytes = viewed.Bytes;
        return bytes[..(bytes.Length / entrySize * entrySize)];
    }
}
