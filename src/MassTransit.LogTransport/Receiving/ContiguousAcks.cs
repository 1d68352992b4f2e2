namespace MassTransit.LogTransport.Receiving;

/// <summary>
/// The records of one partition between being delivered and being committed. They finish in any order; the position moves only over an unbroken run of
/// finished ones, so that everything before it is done. Not safe for several threads: the owner holds a lock.
/// </summary>
internal sealed class ContiguousAcks
{
    private readonly Queue<Slot> _slots = new();
    private readonly Dictionary<long, Slot> _unfinished = [];
    private long _lastDelivered = -1;

    /// <summary>The offset to commit: of the first record that is not known to be done. Null before the first delivered record is.</summary>
    public long? Position { get; private set; }

    /// <summary>Delivered records that are not finished.</summary>
    public int Unfinished => _unfinished.Count;

    /// <summary>Delivered records at or after the position, finished or not: what would be seen again after a crash.</summary>
    public int Uncommitted => _slots.Count;

    /// <summary>The first delivered record that is not finished; null when all are.</summary>
    public long? FirstUnfinished => _slots.TryPeek(out var slot) ? slot.Offset : null;

    /// <summary>Notes a record. Offsets rise, not always by one: compaction and transaction markers leave holes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset is not above all delivered before it.</exception>
    public void Deliver(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(offset, _lastDelivered);

        var slot = new Slot(offset);
        _slots.Enqueue(slot);
        _unfinished.Add(offset, slot);
        _lastDelivered = offset;
    }

    /// <summary>Notes that a delivered record is done; a record that is unknown or done already changes nothing.</summary>
    /// <returns>True when <see cref="Position" /> moved.</returns>
    public bool Finish(long offset)
    {
        if (!_unfinished.Remove(offset, out var finished))
            return false;

        finished.IsFinished = true;

        var moved = false;
        while (_slots.TryPeek(out var slot) && slot.IsFinished)
        {
            Position = slot.Offset + 1;
            _slots.Dequeue();
            moved = true;
        }

        return moved;
    }

    private sealed class Slot(long offset)
    {
        public long Offset { get; } = offset;
        public bool IsFinished { get; set; }
    }
}
