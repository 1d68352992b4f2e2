using Confluent.Kafka;

namespace MassTransit.LogTransport.Clients;

/// <summary>
/// What one native client was given and has not reported. A record that finds nothing under way goes at once. One that comes while others are under way waits until they are acknowledged
/// and goes with all that have come meanwhile, so that a busy application sends few large requests; it waits no longer than <see cref="Patience" /> or twice that, so that a broker that does
/// not answer holds up nothing that is for another. Records go in the order they came. Safe for any thread, also after dispose.
/// </summary>
internal sealed class RecordWaves : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly Action<TopicPartition, Message<byte[]?, byte[]?>, Action<DeliveryReport<byte[]?, byte[]?>>> _produce;
    private readonly ITimer _timer;
    private readonly HashSet<PendingDelivery> _underWay = [];
    private readonly Queue<Waiting> _waiting = new();
    private long _wave;
    private long? _timedWave;
    private bool _hastened;

    /// <param name="produce">Gives a record to the native client; throws when it is not taken.</param>
    /// <param name="time">The clock of the patience.</param>
    public RecordWaves(Action<TopicPartition, Message<byte[]?, byte[]?>, Action<DeliveryReport<byte[]?, byte[]?>>> produce, TimeProvider time)
    {
        _produce = produce;
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The result is to be awaited once; it fails with what the native client threw if it does not take the record.</summary>
    public PendingDelivery Produce(TopicPartition destination, Message<byte[]?, byte[]?> record)
    {
        var pending = PendingDelivery.Rent(this);

        lock (_gate)
        {
            _waiting.Enqueue(new Waiting(destination, record, pending));

            if (_underWay.Count > 0 && !_hastened)
                StartTimerUnderLock();
            else
                ReleaseUnderLock();
        }

        return pending;
    }

    /// <summary>Called when a record is acknowledged or has failed. True when it was the last of those under way.</summary>
    public bool Reported(PendingDelivery pending)
    {
        lock (_gate)
            return _underWay.Remove(pending) && _underWay.Count == 0;
    }

    /// <summary>Called after the last one was: whoever waited for it has been told, and may have sent the next already.</summary>
    public void Next()
    {
        lock (_gate)
        {
            if (_underWay.Count == 0)
                ReleaseUnderLock();
        }
    }

    /// <summary>What waits goes at once, and so does all that comes after it: the client is about to be flushed.</summary>
    public void Hasten()
    {
        lock (_gate)
        {
            _hastened = true;
            ReleaseUnderLock();
        }
    }

    /// <summary>Fails everything that is not reported: the native client is gone and reports nothing more. What comes after all is its to refuse.</summary>
    public void Abandon(Error error)
    {
        PendingDelivery[] pending;
        lock (_gate)
        {
            pending = [.. _underWay, .. _waiting.Select(x => x.Pending)];
            _underWay.Clear();
            _waiting.Clear();
            _hastened = true;
        }

        foreach (var delivery in pending)
            delivery.Abandon(error);
    }

    public void Dispose() => _timer.Dispose();

    private void StartTimerUnderLock()
    {
        if (_timedWave != null)
            return;

        _timedWave = _wave;
        _timer.Change(Patience, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            var isOverdue = _timedWave == _wave;
            _timedWave = null;

            if (isOverdue)
                ReleaseUnderLock();
            else if (_waiting.Count > 0)
                StartTimerUnderLock();
        }
    }

    // Under the lock, since that is what keeps the order.
    private void ReleaseUnderLock()
    {
        _wave++;

        while (_waiting.TryDequeue(out var next))
        {
            try
            {
                _underWay.Add(next.Pending);
                _produce(next.Destination, next.Record, next.Pending.Report);
            }
            catch (Exception exception)
            {
                _underWay.Remove(next.Pending);
                next.Pending.Refuse(exception);
            }
        }
    }

    private readonly record struct Waiting(TopicPartition Destination, Message<byte[]?, byte[]?> Record, PendingDelivery Pending);
}
