namespace Broker.Topics;

/// <summary>Who waits for records of one partition. Safe for use by any thread; costs an appender nothing while nobody waits.</summary>
internal sealed class DelayedFetches
{
    private readonly Lock _lock = new();
    private readonly HashSet<FetchWait> _waits = [];
    private volatile int _count;

    /// <summary>How many wait now.</summary>
    public int Count => _count;

    public void Add(FetchWait wait)
    {
        lock (_lock)
        {
            _waits.Add(wait);
            _count = _waits.Count;
        }
    }

    public void Remove(FetchWait wait)
    {
        lock (_lock)
        {
            _waits.Remove(wait);
            _count = _waits.Count;
        }
    }

    public void WakeAll()
    {
        if (_count == 0)
            return;

        lock (_lock)
        {
            foreach (var wait in _waits)
                wait.Wake();
        }
    }
}
