namespace Broker.Connections;

/// <summary>
/// Bytes of what was begun and not answered: answers from when they are made until they are sent, and what requests hold that wait.
/// While there is no room, no further request is begun. Safe for use by any thread.
/// </summary>
internal sealed class AnswerBudget(long limit)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _room;
    private long _used;
    private long _polls;

    public long Used => Volatile.Read(ref _used);

    /// <summary>What the long polls of one connection may hold.</summary>
    public long PollsOfOne => limit / 8;

    /// <summary>Counts what is there already.</summary>
    public void Take(long bytes)
    {
        lock (_lock)
            _used += bytes;
    }

    /// <summary>Counts a long poll, if all of them together leave room for the answers to others.</summary>
    public bool TryTakePoll(long bytes)
    {
        lock (_lock)
        {
            if (_polls + bytes > limit / 2)
                return false;
            _polls += bytes;
            _used += bytes;
            return true;
        }
    }

    public void ReleasePoll(long bytes)
    {
        lock (_lock)
            _polls -= bytes;
        Release(bytes);
    }

    public void Release(long bytes)
    {
        TaskCompletionSource? room = null;
        lock (_lock)
        {
            _used -= bytes;
            if (_used < limit)
                (room, _room) = (_room, null);
        }

        room?.SetResult();
    }

    /// <summary>Completes when there is room at all, for the answer to a request.</summary>
    public ValueTask RoomAsync(CancellationToken cancellationToken) =>
        Used < limit ? ValueTask.CompletedTask : WaitForRoomAsync(cancellationToken);

    /// <summary>Does not look again when it is woken: else those who come later could take the room for ever.</summary>
    private async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        Task room;
        lock (_lock)
        {
            if (_used < limit)
                return;
            room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
