namespace Broker.Quotas;

/// <summary>
/// Credits that fill at the bound per second up to what all windows together allow, and may go below zero once. For changes of
/// topics: one large request passes, the next waits. Safe for use by any thread.
/// </summary>
/// <param name="burstSeconds">How many seconds of the bound it holds when full.</param>
internal sealed class TokenBucket(double burstSeconds)
{
    private readonly Lock _lock = new();
    private double? _tokens;
    private long _filledMs;
    private double _bound;

    /// <summary>Takes credits, as many as are asked, also below zero.</summary>
    /// <param name="amount">How many.</param>
    /// <param name="bound">Credits a second.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="strict">Whether to take none when there are less than none.</param>
    /// <returns>Milliseconds until there are no less than none; 0 when there are. With <paramref name="strict"/> more than 0 means that none were taken.</returns>
    public int Take(double amount, double bound, long nowMs, bool strict)
    {
        lock (_lock)
        {
            _bound = bound;
            var full = bound * burstSeconds;
            var tokens = Math.Min(full, (_tokens ?? full) + bound * (nowMs - _filledMs) / 1000);
            _filledMs = nowMs;
            if (strict && tokens < 0)
            {
                _tokens = tokens;
                return WaitMs(tokens, bound);
            }

            _tokens = Math.Min(full, tokens - amount);
            return strict ? 0 : WaitMs(_tokens.Value, bound);
        }
    }

    /// <summary>Whether it is full again: then a new one would do as well.</summary>
    public bool IsIdle(long nowMs)
    {
        lock (_lock)
            return _tokens is not { } tokens || tokens + _bound * (nowMs - _filledMs) / 1000 >= _bound * burstSeconds;
    }

    private static int WaitMs(double tokens, double bound) =>
        tokens >= 0 ? 0 : (int)Math.Min(Math.Round(-tokens / bound * 1000, MidpointRounding.AwayFromZero), int.MaxValue);
}
