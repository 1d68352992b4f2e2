using System.Text;

namespace PaymentGateway;

/// <summary>Draws what the behaviour in force does to one call, and counts calls against the rate limit. Safe from any thread.</summary>
internal sealed class Turbulence(BehaviourSwitch behaviour, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);
    private Behaviour? _drawnFor;
    private DateTimeOffset _windowStart;
    private int _callsInWindow;

    public bool Outage => behaviour.Current.Outage;

    /// <returns>How long the caller has to wait before it may call again, or null when it is let through.</returns>
    public TimeSpan? Throttle()
    {
        if (behaviour.Current.RateLimit is not { } limit)
        {
            return null;
        }

        lock (_lock)
        {
            var now = time.GetUtcNow();
            var window = TimeSpan.FromSeconds(limit.WindowSeconds);
            if (now - _windowStart >= window)
            {
                _windowStart = now;
                _callsInWindow = 0;
            }

            return ++_callsInWindow <= limit.Calls ? null : _windowStart + window - now;
        }
    }

    public Mishap For(string idempotencyKey)
    {
        var current = behaviour.Current;
        var random = new Random(Seed(current.Seed, idempotencyKey, CallsOf(current, idempotencyKey)));
        return new Mishap(
            FailBefore: random.NextDouble() < current.ErrorRate,
            HangBefore: false,
            LoseReply: random.NextDouble() < current.LostReplyRate,
            DelayAfter: current.LatencyMs is { } latency ? TimeSpan.FromMilliseconds(random.Next(latency.Min, latency.Max + 1)) : TimeSpan.Zero);
    }

    private int CallsOf(Behaviour current, string idempotencyKey)
    {
        lock (_lock)
        {
            // A new behaviour starts its own series, so the same PUT gives the same run.
            if (!ReferenceEquals(_drawnFor, current))
            {
                _drawnFor = current;
                _calls.Clear();
            }

            return _calls[idempotencyKey] = _calls.GetValueOrDefault(idempotencyKey) + 1;
        }
    }

    /// <summary>FNV-1a: unlike <see cref="string.GetHashCode()"/> the same in every process.</summary>
    private static int Seed(int seed, string idempotencyKey, int call)
    {
        var hash = 2166136261u ^ (uint)seed;
        foreach (var octet in Encoding.UTF8.GetBytes($"{idempotencyKey}#{call}"))
        {
            hash = (hash ^ octet) * 16777619u;
        }

        return (int)hash;
    }
}
