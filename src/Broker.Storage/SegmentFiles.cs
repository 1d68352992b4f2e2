namespace Broker.Storage;

/// <summary>
/// The files of one segment and how long they stay open: while the log lists the segment, and while a reader or a
/// slice being sent holds a reference. The last one to let go closes them.
/// </summary>
internal sealed class SegmentFiles(string directory, long baseOffset, ILogFile log)
{
    private readonly Lock _mapping = new();
    private MappedIndex? _offsetIndex;
    private MappedIndex? _timeIndex;
    private MappedIndex? _transactionIndex;
    private int _references = 1;

    public long BaseOffset => baseOffset;

    public ILogFile Log => log;

    public string LogPath { get; } = SegmentNames.PathOf(directory, baseOffset, SegmentNames.Log);

    public string OffsetIndexPath { get; } = SegmentNames.PathOf(directory, baseOffset, SegmentNames.OffsetIndex);

    public string TimeIndexPath { get; } = SegmentNames.PathOf(directory, baseOffset, SegmentNames.TimeIndex);

    /// <summary>There is no such file where no transaction was aborted.</summary>
    public string TransactionIndexPath { get; } = SegmentNames.PathOf(directory, baseOffset, SegmentNames.TransactionIndex);

    /// <summary>Only with a reference in hand, and only of a sealed segment.</summary>
    public ReadOnlySpan<byte> OffsetIndexEntries => Map(ref _offsetIndex, OffsetIndexPath, OffsetIndex.EntrySize).Entries;

    /// <inheritdoc cref="OffsetIndexEntries"/>
    public ReadOnlySpan<byte> TimeIndexEntries => Map(ref _timeIndex, TimeIndexPath, TimeIndex.EntrySize).Entries;

    /// <inheritdoc cref="OffsetIndexEntries"/>
    public ReadOnlySpan<byte> TransactionIndexEntries => Map(ref _transactionIndex, TransactionIndexPath, TransactionIndex.EntrySize).Entries;

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

    /// <summary>Removes the directory entries; who holds a reference reads on.</summary>
    public void Unlink()
    {
        File.Delete(LogPath);
        File.Delete(OffsetIndexPath);
        File.Delete(TimeIndexPath);
        File.Delete(TransactionIndexPath);
        File.Delete(SegmentNames.PathOf(directory, baseOffset, SegmentNames.Producers));
    }

    private MappedIndex Map(ref MappedIndex? index, string path, int entrySize)
    {
        var mapped = Volatile.Read(ref index);
        if (mapped is not null)
            return mapped;
        lock (_mapping)
        {
            mapped = index ?? new MappedIndex(path, entrySize);
            Volatile.Write(ref index, mapped);
            return mapped;
        }
    }
}
