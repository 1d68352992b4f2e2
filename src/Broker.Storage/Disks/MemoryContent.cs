namespace Broker.Storage.Disks;

/// <summary>
/// A file's bytes in memory, and what it takes to go back to those of the last fsync: their number, and copies of those that were
/// overwritten or cut since. So an append costs nothing extra. Pages whose writing failed are as an operating system leaves them: read as they
/// were written, taken for written, and on the disk only once they are written to again and fsynced. Safe for use by any thread.
/// </summary>
internal sealed class MemoryContent(TimeProvider time)
{
    private const int SectorSize = 512;
    private const int PageSize = 4096;

    private readonly Lock _lock = new();
    private readonly List<(long Position, byte[] Bytes)> _overwritten = [];
    private readonly Dictionary<long, byte[]> _lost = [];
    private MemoryChunks _chunks = new();
    private long _syncedLength;
    private long _lastWriteMs = NowMs(time);

    public FileStatus Status
    {
        get
        {
            lock (_lock)
                return new FileStatus(_chunks.Length, _lastWriteMs);
        }
    }

    public int Read(Span<byte> destination, long position)
    {
        lock (_lock)
            return _chunks.Read(destination, position);
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        lock (_lock)
        {
            Dirty(position / PageSize, (position + source.Length - 1) / PageSize);
            Keep(position, position + source.Length);
            _chunks.Write(source, position);
            _lastWriteMs = NowMs(time);
        }
    }

    public void SetLength(long length)
    {
        lock (_lock)
        {
            Dirty((length + PageSize - 1) / PageSize, _chunks.Length / PageSize);
            Keep(length, _chunks.Length);
            _chunks.SetLength(length);
            _lastWriteMs = NowMs(time);
        }
    }

    public void Sync()
    {
        lock (_lock)
        {
            _overwritten.Clear();
            _syncedLength = _chunks.Length;
        }
    }

    /// <summary>The disk could not take what was not fsynced: its pages count as written from now on.</summary>
    public void LoseUnsynced()
    {
        lock (_lock)
        {
            var synced = _chunks.Clone();
            Undo(synced, 0);
            synced.SetLength(_syncedLength);
            foreach (var page in UnsyncedPages().Except(_lost.Keys).ToList())
            {
                var bytes = new byte[PageSize];
                synced.Read(bytes, page * PageSize);
                _lost.Add(page, bytes);
            }
        }
    }

    /// <summary>The file as it is, fsynced or not.</summary>
    public MemoryContent Copy()
    {
        lock (_lock)
        {
            var copy = new MemoryContent(time) { _chunks = _chunks.Clone(), _syncedLength = _syncedLength, _lastWriteMs = _lastWriteMs };
            copy._overwritten.AddRange(_overwritten);
            foreach (var (page, bytes) in _lost)
                copy._lost.Add(page, bytes);
            return copy;
        }
    }

    /// <summary>The file as it was at the last fsync.</summary>
    public MemoryContent CopySynced() => Copied(copy =>
    {
        Undo(copy, 0);
        UndoLost(copy);
        copy.SetLength(_syncedLength);
    });

    /// <summary>
    /// What a power loss may leave of a file that was written to since its fsync: any of its sectors as they are or as they were at some moment
    /// since, and a length between both.
    /// </summary>
    public MemoryContent CopyTorn(Random choice) => Copied(copy =>
    {
        var current = copy.Clone();
        Undo(copy, choice.Next(_overwritten.Count + 1));
        var shorter = Math.Min(_syncedLength, current.Length);
        copy.SetLength(Math.Max(copy.Length, current.Length));
        var sector = new byte[SectorSize];
        for (var position = 0L; position < current.Length; position += SectorSize)
        {
            if (choice.Next(2) == 0)
                copy.Write(sector.AsSpan(0, current.Read(sector, position)), position);
            else if (position >= _syncedLength)
                copy.Write(new byte[Math.Min(SectorSize, current.Length - position)], position);
        }

        UndoLost(copy);
        copy.SetLength(shorter + choice.NextInt64(Math.Max(_syncedLength, current.Length) - shorter + 1));
    });

    private static IEnumerable<long> PagesOf(long position, long length)
    {
        for (var page = position / PageSize; page * PageSize < position + length; page++)
            yield return page;
    }

    private static long NowMs(TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds();

    private MemoryContent Copied(Action<MemoryChunks> change)
    {
        lock (_lock)
        {
            var chunks = _chunks.Clone();
            change(chunks);
            return new MemoryContent(time) { _chunks = chunks, _syncedLength = chunks.Length, _lastWriteMs = _lastWriteMs };
        }
    }

    /// <summary>Takes back the overwriting that came after the first <paramref name="kept"/>.</summary>
    private void Undo(MemoryChunks chunks, int kept)
    {
        for (var i = _overwritten.Count - 1; i >= kept; i--)
            chunks.Write(_overwritten[i].Bytes, _overwritten[i].Position);
    }

    private void UndoLost(MemoryChunks chunks)
    {
        foreach (var (page, bytes) in _lost)
            chunks.Write(bytes, page * PageSize);
    }

    private IEnumerable<long> UnsyncedPages()
    {
        var end = (_chunks.Length + PageSize - 1) / PageSize;
        var changed = _overwritten.SelectMany(static o => PagesOf(o.Position, o.Bytes.Length)).Where(page => page < end);
        return _chunks.Length > _syncedLength ? changed.Concat(PagesOf(_syncedLength, _chunks.Length - _syncedLength)) : changed;
    }

    /// <summary>Pages that are about to change count as unsynced again: what the disk has of them is what an fsync brings to an end.</summary>
    private void Dirty(long firstPage, long lastPage)
    {
        for (var page = firstPage; _lost.Count > 0 && page <= lastPage; page++)
        {
            if (_lost.Remove(page, out var bytes))
                _overwritten.Add((page * PageSize, bytes));
        }
    }

    /// <summary>Keeps the synced bytes of a range that is about to change.</summary>
    private void Keep(long from, long to)
    {
        to = Math.Min(to, Math.Min(_syncedLength, _chunks.Length));
        if (from >= to)
            return;
        var bytes = new byte[to - from];
        _chunks.Read(bytes, from);
        _overwritten.Add((from, bytes));
    }
}
