namespace MassTransit.LogTransport.Scheduling;

/// <summary>
/// The waiting messages of one partition, by token and by due time. Of those that exceed the budget, the latest due, only the place is remembered. A message that is
/// taken waits no longer, but stays known by its token until it is finished. Not safe for several threads: the owner holds a lock.
/// </summary>
internal sealed class ScheduleIndex(MemoryBudget budget)
{
    private static readonly IComparer<PendingMessage> ByDueTime = Comparer<PendingMessage>.Create((x, y) =>
        x.DueAt != y.DueAt ? x.DueAt.CompareTo(y.DueAt) : x.Offset.CompareTo(y.Offset));

    private readonly Dictionary<Guid, PendingMessage> _messages = [];
    private readonly SortedSet<PendingMessage> _waiting = new(ByDueTime);

    /// <summary>Those of the waiting whose records are in memory.</summary>
    private readonly SortedSet<PendingMessage> _held = new(ByDueTime);

    /// <summary>Messages that are not finished.</summary>
    public int Count => _messages.Count;

    /// <summary>When the first waiting message is due; null when none waits.</summary>
    public DateTimeOffset? NextDue => _waiting.Min?.DueAt;

    public PendingMessage? Find(Guid token) => _messages.GetValueOrDefault(token);

    /// <summary>False for one that was replaced or removed.</summary>
    public bool IsKnown(PendingMessage message) => Find(message.Token) == message;

    /// <summary>True for one that is neither taken nor forgotten.</summary>
    public bool IsWaiting(PendingMessage message) => _waiting.TryGetValue(message, out var waiting) && waiting == message;

    /// <summary>Adds a message in place of one with the same token.</summary>
    public void Add(PendingMessage message)
    {
        if (_messages.TryGetValue(message.Token, out var replaced))
            Remove(replaced);

        _messages.Add(message.Token, message);
        _waiting.Add(message);
        Hold(message);
    }

    /// <summary>Forgets a message. One that was replaced or removed before changes nothing.</summary>
    public void Remove(PendingMessage message)
    {
        if (IsKnown(message))
            _messages.Remove(message.Token);

        _waiting.Remove(message);
        _held.Remove(message);
        LetGo(message);
    }

    /// <summary>Takes what is due, earliest first, until there are so many messages or bytes. Each is to be removed or put back.</summary>
    public List<PendingMessage> TakeDue(DateTimeOffset now, int most, long mostBytes)
    {
        var due = new List<PendingMessage>();
        var bytes = 0L;

        while (due.Count < most && bytes < mostBytes && _waiting.Min is { } next && next.DueAt <= now)
        {
            _waiting.Remove(next);
            _held.Remove(next);
            due.Add(next);
            bytes += next.Size;
        }

        return due;
    }

    /// <summary>Lets a taken message wait again, if it was not replaced or removed meanwhile.</summary>
    public void PutBack(PendingMessage message)
    {
        if (!IsKnown(message))
            return;

        _waiting.Add(message);

        if (message.IsHeld)
            _held.Add(message);
        else
            message.Record = null;
    }

    /// <summary>Forgets all, and gives their memory back.</summary>
    public void Clear()
    {
        foreach (var message in _messages.Values)
            LetGo(message);

        _messages.Clear();
        _waiting.Clear();
        _held.Clear();
    }

    private void Hold(PendingMessage message)
    {
        while (!budget.TryTake(message.Size))
        {
            if (_held.Max is not { } latest || ByDueTime.Compare(latest, message) < 0)
            {
                message.Record = null;
                return;
            }

            _held.Remove(latest);
            LetGo(latest);
            latest.Record = null;
        }

        message.IsHeld = true;
        _held.Add(message);
    }

    /// <summary>Frees its share of the budget. A record that is being delivered stays with who delivers it.</summary>
    private void LetGo(PendingMessage message)
    {
        if (!message.IsHeld)
            return;

        message.IsHeld = false;
        budget.Return(message.Size);
    }
}
