using System.Collections.Concurrent;
using System.Net;
using Broker.Quotas;

namespace Broker.Connections;

/// <summary>
/// How many connections there may be, in all, on one listener and from one address, and how fast new ones may come. One too many is closed as it
/// comes; too many a second from everywhere together wait to be taken. Safe for use by any thread.
/// </summary>
internal sealed class ConnectionLimits(BrokerContext broker)
{
    private readonly ConcurrentDictionary<IPAddress, int> _ofAddress = new();
    private readonly Dictionary<IPAddress, int> _overrides = AddressLimits.Parse(broker.Options.MaxConnectionsPerIpOverrides);
    private readonly ConcurrentDictionary<string, int> _ofListener = new();
    private readonly ConcurrentDictionary<string, Rate> _ratesOfListeners = new();
    private readonly Rate _rate = NewRate(broker);
    private readonly long _began = broker.Time.GetTimestamp();
    private int _count;

    /// <summary>Lets a connection in, to be let out by <see cref="Leave"/>, or says why not.</summary>
    public string? Enter(IPAddress address, Listener listener)
    {
        var options = broker.Options;
        var max = _overrides.GetValueOrDefault(address, options.MaxConnectionsPerIp);
        var count = Interlocked.Increment(ref _count);
        var ofListener = _ofListener.AddOrUpdate(listener.Name, 1, (_, before) => before + 1);
        var ofAddress = _ofAddress.AddOrUpdate(address, 1, (_, before) => before + 1);
        if (count > options.MaxConnections)
            return Refuse(address, listener, $"max.connections is {options.MaxConnections}.");
        if (ofListener > (listener.Limits.MaxConnections ?? int.MaxValue))
            return Refuse(address, listener, $"max.connections of listener {listener.Name} is {listener.Limits.MaxConnections}.");
        if (ofAddress > max)
            return Refuse(address, listener, $"From {address} {max} are allowed.");
        if (broker.Quotas.Connected(address) > 0)
            return Refuse(address, listener, $"New ones from {address} come faster than its quota allows.");
        return null;
    }

    public void Leave(IPAddress address, Listener listener)
    {
        Interlocked.Decrement(ref _count);
        _ofListener.AddOrUpdate(listener.Name, 0, (_, before) => before - 1);
        while (_ofAddress.TryGetValue(address, out var count))
        {
            if (count > 1 ? _ofAddress.TryUpdate(address, count - 1, count) : _ofAddress.TryRemove(new(address, count)))
                return;
        }
    }

    /// <summary>Counts a new connection, and how long it has to wait to be taken. Never more than one window, as in Kafka.</summary>
    public TimeSpan Pause(Listener listener)
    {
        var options = broker.Options;
        var pauseMs = Math.Max(
            options.MaxConnectionCreationRate == int.MaxValue ? 0 : Record(_rate, options.MaxConnectionCreationRate),
            listener.Limits.MaxConnectionCreationRate is { } own ? Record(_ratesOfListeners.GetOrAdd(listener.Name, _ => NewRate(broker)), own) : 0);
        return TimeSpan.FromMilliseconds(Math.Min(pauseMs, options.QuotaWindowSizeSeconds * 1000L));
    }

    private static Rate NewRate(BrokerContext broker) => new(broker.Options.QuotaWindowNum, broker.Options.QuotaWindowSizeSeconds * 1000L);

    private long Record(Rate rate, int limit) => rate.Record(1, limit, (long)broker.Time.GetElapsedTime(_began).TotalMilliseconds);

    private string Refuse(IPAddress address, Listener listener, string refusal)
    {
        Leave(address, listener);
        return refusal;
    }
}
