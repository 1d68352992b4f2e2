namespace Broker.Quotas;

/// <summary>
/// An amount per second over the last windows, reckoned as Kafka does, so that clients are held up for as long as there. A window
/// begins with the first record after the last one ended; silence in between counts. Safe for use by any thread.
/// </summary>
/// <param name="windows"><c>quota.window.num</c>: how many count, the running one included.</param>
/// <param name="windowMs">Length of one, in milliseconds.</param>
internal sealed class Rate(int windows, long windowMs)
{
    private readonly Lock _lock = new();

    // One more than count: a window that began before the time that counts may reach into it.
    private readonly Window[] _windows = new Window[windows + 1];
    private int _used;
    private int _current;

    /// <summary>Counts the amount.</summary>
    /// <returns>Milliseconds until the rate is back at the bound if nothing more comes; 0 while it is not above it.</returns>
    public int Record(double amount, double bound, long nowMs)
    {
        lock (_lock)
        {
            Add(amount, nowMs);
            var spanMs = SpanMs(nowMs);
            var rate = Sum() / spanMs * 1000;
            return rate <= bound ? 0 : (int)Math.Min(Math.Round((rate - bound) / bound * spanMs, MidpointRounding.AwayFromZero), int.MaxValue);
        }
    }

    /// <summary>Takes back what was counted at the same time and then not done.</summary>
    public void Unrecord(double amount, long nowMs)
    {
        lock (_lock)
            Add(-amount, nowMs);
    }

    /// <summary>Whether everything counted is too old to count: then a new one would do as well.</summary>
    public bool IsIdle(long nowMs)
    {
        lock (_lock)
        {
            for (var i = 0; i < _used; i++)
            {
                if (!IsOver(_windows[i], nowMs))
                    return false;
            }

            return true;
        }
    }

    private void Add(double amount, long nowMs)
    {
        if (_used == 0)
        {
            _windows[0] = new Window { BeganMs = nowMs };
            _used = 1;
        }
        else if (nowMs - _windows[_current].BeganMs >= windowMs)
        {
            _current = (_current + 1) % _windows.Length;
            _used = Math.Max(_used, _current + 1);
            _windows[_current] = new Window { BeganMs = nowMs };
        }

        _windows[_current].Amount += amount;
        _windows[_current].LastMs = nowMs;
    }

    /// <summary>The time the amount is spread over: never less than all windows but the running one.</summary>
    private long SpanMs(long nowMs)
    {
        var oldest = nowMs;
        for (var i = 0; i < _used; i++)
        {
            if (IsOver(_windows[i], nowMs))
                _windows[i] = new Window { BeganMs = nowMs, LastMs = nowMs };
            oldest = Math.Min(oldest, _windows[i].BeganMs);
        }

        var elapsed = nowMs - oldest;
        var missing = windows - 1 - elapsed / windowMs;
        return Math.Max(elapsed + Math.Max(missing, 0) * windowMs, 1);
    }

    private double Sum()
    {
        var sum = 0.0;
        for (var i = 0; i < _used; i++)
            sum += _windows[i].Amount;
        return sum;
    }

    private bool IsOver(Window window, long nowMs) => nowMs - window.LastMs >= windows * windowMs;

    private struct Window
    {
        public long BeganMs;
        public long LastMs;
        public double Amount;
    }
}
