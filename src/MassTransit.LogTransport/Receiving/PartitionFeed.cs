using Confluent.Kafka;

namespace MassTransit.LogTransport.Receiving;

/// <summary>
/// One assigned partition, from assignment to revocation: which of its records are in hand, how far it may be committed, and whether it has to wait. Safe for any thread. After
/// <see cref="Close" /> it stores nothing any more, so that what finishes late cannot move the position of the partition's next owner.
/// </summary>
internal sealed class PartitionFeed(TopicPartition partition, int window, int maxUncommitted, RecordPoll poll)
{
    private readonly Lock _gate = new();
    private readonly ContiguousAcks _acks = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _room = new(0, 1);
    private long _highestStarted = -1;
    private long? _drainLimit;
    private bool _closed;
    private bool _paused;

    public TopicPartition Partition { get; } = partition;

    /// <summary>Cancelled when what runs is to be given up: the partition is lost, or the time to finish is over.</summary>
    public CancellationToken Abandoned => _cancel.Token;

    /// <summary>Cancelled when nothing is to be tried again: the partition is drained, or given up.</summary>
    public CancellationToken Ending => _ending.Token;

    public bool IsPaused
    {
        get
        {
            lock (_gate)
                return _paused;
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _closed;
        }
    }

    /// <summary>Somebody waits for it to be finished.</summary>
    public bool IsDraining
    {
        get
        {
            lock (_gate)
                return _drainLimit != null;
        }
    }

    public int Unfinished
    {
        get
        {
            lock (_gate)
                return _acks.Unfinished;
        }
    }

    /// <summary>Takes a record in. False when the partition is draining or closed: the record is left for later or for another.</summary>
    public bool TryDeliver(long offset)
    {
        lock (_gate)
        {
            if (_closed || _drainLimit != null)
                return false;

            _acks.Deliver(offset);
            return true;
        }
    }

    /// <summary>Asked before a record is handled. False when it is to be left undone.</summary>
    public bool TryStart(long offset)
    {
        lock (_gate)
        {
            // Draining still runs what lies below the highest started record: a hole there would hold back everything finished above it.
            if (_closed || offset > _drainLimit)
                return false;

            _highestStarted = Math.Max(_highestStarted, offset);
            return true;
        }
    }

    public void Finish(long offset)
    {
        lock (_gate)
        {
            var moved = _acks.Finish(offset);

            // Under the lock, since two positions stored out of turn would move the committed one back.
            if (moved && !_closed)
                poll.Store(Partition, _acks.Position!.Value);

            if (IsDrainedUnderLock())
                _drained.TrySetResult();

            if (!IsFullUnderLock() && _room.CurrentCount == 0)
                _room.Release();

            // Under the lock too: a resume that overtakes its pause would be the last one.
            if (_paused && !_closed && _drainLimit == null && _acks.Unfinished <= window / 2 && _acks.Uncommitted <= maxUncommitted / 2)
            {
                _paused = false;
                poll.Resume(Partition);
            }
        }
    }

    /// <summary>
    /// Called after a record was taken in, on the polling thread. A full window is given a moment to get room, which is cheaper than a pause that throws away
    /// what the client has fetched ahead.
    /// </summary>
    public void PauseWhenFull(TimeSpan patience)
    {
        lock (_gate)
        {
            if (!IsFullUnderLock() || _paused || _closed)
                return;

            if (_room.CurrentCount > 0)
                _room.Wait(0);
        }

        if (_room.Wait(patience))
            return;

        lock (_gate)
        {
            if (IsFullUnderLock() && !_paused && !_closed)
            {
                _paused = true;
                poll.Pause(Partition);
            }
        }
    }

    /// <summary>Takes in nothing more and starts nothing above the highest started record. Completes when what is left is finished.</summary>
    public Task Drain()
    {
        lock (_gate)
        {
            _drainLimit ??= _highestStarted;

            if (IsDrainedUnderLock())
                _drained.TrySetResult();
        }

        _ending.Cancel();

        return _drained.Task;
    }

    /// <summary>Leaves a record undone while the partition is drained. Nothing above it can be committed, so that nothing above it needs to be started.</summary>
    public void GiveUp(long offset)
    {
        lock (_gate)
        {
            _drainLimit = Math.Min(_drainLimit ?? long.MaxValue, offset - 1);

            if (IsDrainedUnderLock())
                _drained.TrySetResult();
        }
    }

    public void Abandon()
    {
        _cancel.Cancel();
        _ending.Cancel();
    }

    /// <summary>Nothing is stored for it any more, and nobody need wait for what it still has in hand.</summary>
    public void Close()
    {
        lock (_gate)
            _closed = true;

        _drained.TrySetResult();
    }

    private bool IsFullUnderLock() => _acks.Unfinished >= window || _acks.Uncommitted >= maxUncommitted;

    private bool IsDrainedUnderLock() => _drainLimit is { } limit && (_acks.FirstUnfinished is not { } first || first > limit);
}
