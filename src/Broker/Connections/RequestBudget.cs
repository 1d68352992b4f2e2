namespace Broker.Connections;

/// <summary>
/// Bytes of large requests while they are received, counted as they come. Who needs more than there is waits, the first first, and is
/// not received from. One request at a time may go beyond: so two halves never wait for each other, and one that is longer than the
/// budget comes too. Safe for use by any thread.
/// </summary>
internal sealed class RequestBudget(long limit)
{
    private readonly Lock _lock = new();
    private readonly Queue<Wait> _waiting = new();
    private RequestReservation? _beyond;
    private long _used;

    public long Used => Volatile.Read(ref _used);

    /// <summary>Adds to a reservation as soon as there is room.</summary>
    public ValueTask ReserveAsync(RequestReservation reservation, long bytes, CancellationToken cancellationToken)
    {
        Wait wait;
        lock (_lock)
        {
            if (reservation == _beyond || (_waiting.Count == 0 && MayTakeUnderLock(reservation, bytes)))
            {
                TakeUnderLock(reservation, bytes);
                return ValueTask.CompletedTask;
            }

            wait = new Wait(reservation, bytes);
            _waiting.Enqueue(wait);
        }

        return wait.UntilServedAsync(cancellationToken);
    }

    /// <summary>Gives all of it back. Also of one that waits no more.</summary>
    public void Release(RequestReservation reservation)
    {
        lock (_lock)
        {
            if (reservation.Bytes == 0 && _waiting.Count == 0)
                return;

            _used -= reservation.Bytes;
            reservation.Bytes = 0;
            if (_beyond == reservation)
                _beyond = null;
            ServeUnderLock();
        }
    }

    private void ServeUnderLock()
    {
        while (_waiting.TryPeek(out var next))
        {
            if (!next.HasGivenUp && !MayTakeUnderLock(next.Reservation, next.Bytes))
                return;

            _waiting.Dequeue();
            if (next.TryServe())
                TakeUnderLock(next.Reservation, next.Bytes);
        }
    }

    private bool MayTakeUnderLock(RequestReservation reservation, long bytes) =>
        _used + bytes <= limit || _beyond is null || _beyond == reservation;

    private void TakeUnderLock(RequestReservation reservation, long bytes)
    {
        _used += bytes;
        reservation.Bytes += bytes;
        if (_used > limit)
            _beyond ??= reservation;
    }

    private sealed class Wait(RequestReservation reservation, long bytes)
    {
        private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RequestReservation Reservation => reservation;

        public long Bytes => bytes;

        public bool HasGivenUp => _served.Task.IsCompleted;

        public bool TryServe() => _served.TrySetResult();

        public async ValueTask UntilServedAsync(CancellationToken cancellationToken)
        {
            using var end = cancellationToken.UnsafeRegister(static (wait, token) => ((Wait)wait!)._served.TrySetCanceled(token), this);
            await _served.Task.ConfigureAwait(false);
        }
    }
}

/// <summary>What one connection has reserved; changed by the budget alone.</summary>
internal sealed class RequestReservation
{
    public long Bytes { get; set; }
}
