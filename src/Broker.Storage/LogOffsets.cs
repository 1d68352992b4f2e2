using System.Diagnostics;

namespace Broker.Storage;

/// <summary>
/// The three offsets of a log, start &lt;= end and flushed &lt;= end, moved under the log's lock and read without it. A
/// start above flushed cannot be: deleting records flushes first.
/// </summary>
internal sealed class LogOffsets
{
    private long _start;
    private long _flushed;
    private long _end;
    private long _firstUnstable;

    public LogOffsets(long start, long flushed, long end, long firstUnstable = ProducerStates.NoneUnstable)
    {
        (_start, _flushed, _end, _firstUnstable) = (start, flushed, end, firstUnstable);
        Check();
    }

    /// <summary>First offset that may be read.</summary>
    public long Start => Volatile.Read(ref _start);

    /// <summary>Every record below is on disk.</summary>
    public long Flushed => Volatile.Read(ref _flushed);

    /// <summary>Offset of the next record.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>Below it no record can become part of an aborted transaction any more. Where a transaction begins or ends, moved in front of the end: hence the end is read first.</summary>
    public long LastStable
    {
        get
        {
            var end = End;
            return Math.Max(Start, Math.Min(end, Volatile.Read(ref _firstUnstable)));
        }
    }

    public void MoveStart(long offset)
    {
        if (offset <= _start)
            return;
        Volatile.Write(ref _start, offset);
        Check();
    }

    public void MoveFlushed(long offset)
    {
        if (offset <= _flushed)
            return;
        Volatile.Write(ref _flushed, offset);
        Check();
    }

    public void MoveEnd(long offset)
    {
        Volatile.Write(ref _end, offset);
        Check();
    }

    public void MoveFirstUnstable(long offset) => Volatile.Write(ref _firstUnstable, offset);

    private void Check()
    {
        if (_start < 0 || _start > _end || _flushed > _end)
            throw new UnreachableException($"Log offsets crossed: start {_start}, flushed {_flushed}, end {_end}.");
    }
}
