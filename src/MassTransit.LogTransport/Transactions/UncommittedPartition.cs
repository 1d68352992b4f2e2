using MassTransit.LogTransport.Receiving;

namespace MassTransit.LogTransport.Transactions;

/// <summary>
/// The records of one assigned partition that no transaction has committed, in the order of the log. Ready is the unbroken run of handled ones at its beginning: everything before a committed
/// offset is in the same transaction or an earlier one. Not safe for several threads: the owner holds a lock.
/// </summary>
internal sealed class UncommittedPartition(PartitionFeed feed)
{
    private readonly List<UncommittedRecord> _ready = [];
    private Queue<UncommittedRecord> _open = new();

    public PartitionFeed Feed { get; } = feed;
    public int Ready => _ready.Count;

    public UncommittedRecord Deliver(long offset)
    {
        var record = new UncommittedRecord(offset);
        _open.Enqueue(record);
        return record;
    }

    public void Handled(UncommittedRecord record)
    {
        record.Handled();

        while (_open.TryPeek(out var first) && first.Outputs != null)
            _ready.Add(_open.Dequeue());
    }

    public UncommittedRecord[] Take(int limit) => [.. _ready.Take(limit)];

    public void Committed(int count) => _ready.RemoveRange(0, count);

    /// <summary>The record is to be handled again. Those after it keep what they have sent and wait for it.</summary>
    public void Reopen(UncommittedRecord record, IEnumerable<RefusedOutput> refused)
    {
        var at = _ready.IndexOf(record);

        _open = new Queue<UncommittedRecord>(_ready.Skip(at).Concat(_open));
        _ready.RemoveRange(at, _ready.Count - at);
        record.Refuse(refused);
    }
}
