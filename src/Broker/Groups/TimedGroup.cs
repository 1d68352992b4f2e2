namespace Broker.Groups;

/// <summary>
/// A group with the one timer that wakes it for its earliest deadline. Heartbeats only move deadlines back, so they do not touch
/// the timer: it fires, finds nothing due, and is set anew. Used under the group's lock.
/// </summary>
internal sealed class TimedGroup : IDisposable
{
    private readonly ITimer _timer;
    private TimeSpan _wakeAt = TimeSpan.MaxValue;

    public TimedGroup(Group group, Action<TimedGroup> onDeadline, TimeProvider time)
    {
        Group = group;
        _timer = time.CreateTimer(_ => onDeadline(this), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Group Group { get; }

    /// <summary>The timer went off: it has to be set again, even for the same deadline, which it may have missed by a hair.</summary>
    public void NoteFired() => _wakeAt = TimeSpan.MaxValue;

    public void WakeAt(TimeSpan deadline, TimeSpan now)
    {
        if (deadline == _wakeAt)
            return;

        _wakeAt = deadline;
        var due = deadline == TimeSpan.MaxValue
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, (deadline - now).TotalMilliseconds)));
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
