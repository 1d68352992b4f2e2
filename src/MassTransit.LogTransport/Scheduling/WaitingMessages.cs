using Confluent.Kafka;
using MassTransit.LogTransport.Diagnostics;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>
/// What one partition of the schedule holds, as far as it was read. The polling thread brings records; the loop that delivers takes what is due and gives each back, delivered or
/// not. Safe for any thread.
/// </summary>
internal sealed class WaitingMessages(TopicPartition partition, MemoryBudget budget)
{
    private readonly Lock _gate = new();
    private readonly ScheduleIndex _index = new(budget);
    private readonly HashSet<PendingMessage> _overtaken = [];
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (long End, TaskCompletionSource Reached)? _awaited;
    private long _position;
    private int _taken;
    private bool _isEnding;
    private bool _isKnown;

    public int Count
    {
        get
        {
            lock (_gate)
                return _index.Count;
        }
    }

    /// <summary>The offset of the first record that is not read.</summary>
    public long Position
    {
        get
        {
            lock (_gate)
                return _position;
        }
    }

    /// <summary>When there is something to do next; null when nothing waits.</summary>
    public DateTimeOffset? Next
    {
        get
        {
            lock (_gate)
                return NextUnderLock();
        }
    }

    public void Received(ConsumeResult<byte[]?, byte[]?> record)
    {
        var dueAt = record.Message.Value == null ? null : ScheduleRecords.DueTimeOf(record.Message);
        var isCancelled = false;

        if (ScheduleRecords.TokenOf(record.Message) is not { } token || record.Message.Value != null && dueAt == null)
        {
            LogContext.Warning?.Log("{Record} is not a scheduled message and is passed over", record.TopicPartitionOffset);
            ReachedEnd(record.Offset + 1);
            return;
        }

        lock (_gate)
        {
            var next = NextUnderLock();

            if (dueAt.HasValue)
                _index.Add(new PendingMessage(token, dueAt.Value, record.Offset, record.Message));
            else if (_index.Find(token) is { } message)
                isCancelled = TakeOffUnderLock(message, ScheduleRecords.DeliveredOffsetOf(record.Message)) && _isKnown;

            MovedUnderLock(record.Offset + 1);

            if (NextUnderLock() is { } sooner && (next == null || sooner < next))
                ChangedUnderLock();
        }

        if (isCancelled)
            LogTransportMetrics.ScheduleCancelled(partition.Topic);
    }

    public void ReachedEnd(long offset)
    {
        lock (_gate)
            MovedUnderLock(offset);
    }

    /// <summary>Completes when every record below <paramref name="end" /> is read. One caller at a time.</summary>
    public Task ReadUpTo(long end)
    {
        lock (_gate)
        {
            if (_position >= end)
                return Task.CompletedTask;

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited = (end, reached);

            return reached.Task;
        }
    }

    /// <summary>From now on what is cancelled is counted: the partition's past has been read. False when that was known.</summary>
    public bool NowKnown()
    {
        lock (_gate)
            return !_isKnown && (_isKnown = true);
    }

    public Task Changed(CancellationToken cancellationToken) => _changed.WaitAsync(cancellationToken);

    public void Wake()
    {
        lock (_gate)
            ChangedUnderLock();
    }

    /// <summary>What is due, earliest first. Each is to be given back by <see cref="Delivered" /> or <see cref="PutBack" />.</summary>
    public List<PendingMessage> TakeDue(DateTimeOffset now, int most, long mostBytes)
    {
        lock (_gate)
        {
            var due = _index.TakeDue(now, most, mostBytes);
            _taken += due.Count;

            return due;
        }
    }

    public void Delivered(PendingMessage message)
    {
        lock (_gate)
        {
            _index.Remove(message);
            ReturnedUnderLock();
        }
    }

    public void PutBack(PendingMessage message)
    {
        lock (_gate)
        {
            _index.PutBack(message);
            ReturnedUnderLock();
            ChangedUnderLock();
        }
    }

    /// <summary>
    /// Messages that were scheduled while an earlier one of the same token was being delivered. The record that takes the earlier off the schedule was written after them,
    /// and compaction would remove them: they are to be written again.
    /// </summary>
    public List<PendingMessage> TakeOvertaken()
    {
        lock (_gate)
        {
            var overtaken = _overtaken.Where(_index.IsWaiting).ToList();
            _overtaken.RemoveWhere(x => !_index.IsKnown(x) || _index.IsWaiting(x));

            return overtaken;
        }
    }

    /// <summary>They could not be written again yet.</summary>
    public void StillOvertaken(IEnumerable<PendingMessage> messages)
    {
        lock (_gate)
            _overtaken.UnionWith(messages);
    }

    /// <summary>Completes when all that was taken is given back.</summary>
    public Task End()
    {
        lock (_gate)
        {
            _isEnding = true;

            if (_taken == 0)
                _idle.TrySetResult();
        }

        return _idle.Task;
    }

    /// <summary>Gives its memory back. What is still being delivered may be given back or not.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _index.Clear();
            _overtaken.Clear();
        }
    }

    /// <summary>True when the message was cancelled.</summary>
    private bool TakeOffUnderLock(PendingMessage message, long? deliveredOffset)
    {
        if (deliveredOffset < message.Offset)
        {
            _overtaken.Add(message);
            return false;
        }

        _index.Remove(message);
        _overtaken.Remove(message);

        return deliveredOffset == null;
    }

    private DateTimeOffset? NextUnderLock() => _overtaken.Any(_index.IsWaiting) ? DateTimeOffset.MinValue : _index.NextDue;

    private void MovedUnderLock(long position)
    {
        _position = Math.Max(_position, position);

        if (_awaited is { } awaited && awaited.End <= _position)
        {
            _awaited = null;
            awaited.Reached.TrySetResult();
        }
    }

    private void ReturnedUnderLock()
    {
        _taken--;

        if (_taken == 0 && _isEnding)
            _idle.TrySetResult();
    }

    private void ChangedUnderLock()
    {
        if (_changed.CurrentCount == 0)
            _changed.Release();
    }
}
