using System.Collections.Concurrent;
using System.Net;
using Broker.Diagnostics;

namespace Broker.Quotas;

/// <summary>
/// How much clients have used of what they may, and how long one that used more has to be silent. While no quota is set nothing is
/// counted. Safe for use by any thread.
/// </summary>
internal sealed class ClientQuotas
{
    /// <summary>Clients looked up without a look through the quotas; clients that make up names make the broker forget, not grow.</summary>
    private const int MaxClients = 10_000;

    private readonly ConcurrentDictionary<(QuotaKey Key, string User, string ClientId), Usage> _usages = new();
    private readonly QuotaStore _store;
    private readonly BrokerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly int _windows;
    private readonly long _windowMs;
    private readonly double _burstSeconds;
    private volatile Lookups _lookups = new(QuotaSet.Empty);

    public ClientQuotas(QuotaStore store, BrokerOptions options, BrokerMetrics metrics, TimeProvider time)
    {
        _store = store;
        _metrics = metrics;
        _time = time;
        _began = time.GetTimestamp();
        _windows = options.QuotaWindowNum;
        _windowMs = options.QuotaWindowSizeSeconds * 1000L;
        _burstSeconds = (double)options.ControllerQuotaWindowNum * options.ControllerQuotaWindowSizeSeconds;
    }

    /// <summary>Whether anything is limited.</summary>
    public bool AreSet => _store.Quotas.HasClientQuotas;

    public long Timestamp => _time.GetTimestamp();

    private long NowMs => (long)_time.GetElapsedTime(_began).TotalMilliseconds;

    public TimeSpan ElapsedSince(long timestamp) => _time.GetElapsedTime(timestamp);

    /// <summary>Counts bytes of a produce request.</summary>
    /// <returns>Milliseconds to be silent.</returns>
    public int Produced(string user, string? clientId, int bytes) => Record(QuotaKey.ProducerByteRate, user, clientId, bytes);

    /// <summary>Counts bytes of a fetch answer; more than 0 milliseconds mean that nothing was counted and nothing may be sent.</summary>
    public int Fetched(string user, string? clientId, long bytes)
    {
        if (!AreSet || Find(QuotaKey.ConsumerByteRate, user, clientId) is not { } limit)
            return 0;

        var now = NowMs;
        var throttleMs = limit.Usage.Rate.Record(bytes, limit.Bound, now);
        if (throttleMs > 0)
            limit.Usage.Rate.Unrecord(bytes, now);
        return Throttled(QuotaKey.ConsumerByteRate, throttleMs);
    }

    /// <summary>What a client can fetch at once without being held up for it if it has fetched nothing lately.</summary>
    public int MaxFetchBytes(string user, string? clientId) =>
        AreSet && Find(QuotaKey.ConsumerByteRate, user, clientId) is { } limit
            ? (int)Math.Min(limit.Bound * (_windows - 1) * _windowMs / 1000, int.MaxValue)
            : int.MaxValue;

    /// <summary>Counts time a processor has worked for a client. Never more than one window of silence, as in Kafka.</summary>
    public int Worked(string user, string? clientId, TimeSpan time) =>
        Record(QuotaKey.RequestPercentage, user, clientId, time.TotalSeconds * 100, maxThrottleMs: (int)Math.Min(_windowMs, int.MaxValue));

    /// <summary>Counts partitions created or deleted.</summary>
    /// <param name="user">The client's user.</param>
    /// <param name="clientId">Its client id.</param>
    /// <param name="partitions">How many.</param>
    /// <param name="strict">Whether more than 0 milliseconds mean that nothing was counted and nothing may be done.</param>
    public int Mutated(string user, string? clientId, int partitions, bool strict) =>
        AreSet && Find(QuotaKey.ControllerMutationRate, user, clientId) is { } limit
            ? Throttled(QuotaKey.ControllerMutationRate, limit.Usage.Bucket.Take(partitions, limit.Bound, NowMs, strict))
            : 0;

    /// <summary>Counts a new connection from an address; more than 0 milliseconds mean that it was not counted and may not be.</summary>
    public int Connected(IPAddress address)
    {
        var bound = _store.Quotas.ConnectionRate(address);
        if (double.IsPositiveInfinity(bound))
            return 0;

        ForgetIdle();
        var now = NowMs;
        var rate = _usages.GetOrAdd((QuotaKey.ConnectionCreationRate, address.ToString(), ""), static (_, self) => self.NewUsage(), this).Rate;
        var throttleMs = rate.Record(1, bound, now);
        if (throttleMs > 0)
            rate.Unrecord(1, now);
        return Throttled(QuotaKey.ConnectionCreationRate, throttleMs);
    }

    private int Record(QuotaKey key, string user, string? clientId, double amount, int maxThrottleMs = int.MaxValue) =>
        AreSet && Find(key, user, clientId) is { } limit
            ? Throttled(key, Math.Min(limit.Usage.Rate.Record(amount, limit.Bound, NowMs), maxThrottleMs))
            : 0;

    private int Throttled(QuotaKey key, int throttleMs)
    {
        if (throttleMs > 0)
            _metrics.Throttled(key, throttleMs);
        return throttleMs;
    }

    private Limit? Find(QuotaKey key, string user, string? clientId)
    {
        var quotas = _store.Quotas;
        var lookups = _lookups;
        if (lookups.Quotas != quotas || lookups.IsFull)
        {
            ForgetIdle();
            _lookups = lookups = new Lookups(quotas);
        }

        var client = (key, user, clientId ?? "");
        if (!lookups.Found.TryGetValue(client, out var limit))
        {
            limit = quotas.Find(key, user, client.Item3) is { } found
                ? new Limit(_usages.GetOrAdd((key, found.User, found.ClientId), static (_, self) => self.NewUsage(), this), found.Bound)
                : null;
            lookups.Keep(client, limit);
        }

        return limit;
    }

    private Usage NewUsage() => new(new Rate(_windows, _windowMs), new TokenBucket(_burstSeconds));

    private void ForgetIdle()
    {
        if (_usages.Count < MaxClients)
            return;

        var now = NowMs;
        foreach (var (client, usage) in _usages)
        {
            if (usage.Rate.IsIdle(now) && usage.Bucket.IsIdle(now))
                _usages.TryRemove(client, out _);
        }
    }

    private sealed record Usage(Rate Rate, TokenBucket Bucket);

    private sealed record Limit(Usage Usage, double Bound);

    private sealed class Lookups(QuotaSet quotas)
    {
        private int _count;

        public QuotaSet Quotas => quotas;

        public ConcurrentDictionary<(QuotaKey Key, string User, string ClientId), Limit?> Found { get; } = new();

        public bool IsFull => Volatile.Read(ref _count) >= MaxClients;

        public void Keep((QuotaKey Key, string User, string ClientId) client, Limit? limit)
        {
            if (Found.TryAdd(client, limit))
                Interlocked.Increment(ref _count);
        }
    }
}
