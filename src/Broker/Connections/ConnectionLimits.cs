using System.Collections.Concurrent;
using System.Net;
using Broker.Quotas;

namespace Broker.Connections;

/// <summary>
/// How many connections there may be, in all and from one address, and how fast new ones may come. One too many is closed as it
/// comes; too many a second from everywhere together wait to be taken. Safe for use by any thread.
/// </summary>
internal sealed class ConnectionLimits(BrokerContext broker)
{
    private readonly ConcurrentDictionary<IPAddress, int> _ofAddress = new();
    private readonly Dictionary<IPAddress, int> _overrides = AddressLimits.Parse(broker.Options.MaxConnectionsPerIpOverrides);
    private readonly Rate _rate = new(broker.Options.QuotaWindowNum, broker.Options.QuotaWindowSizeSeconds * 1000L);
    private readonly long _began = broker.Time.GetTimestamp();
    private int _count;

    /// <summary>Lets a connection in, to be let out by <see cref="Leave"/>, or says why not.</summary>
    public string? Enter(IPAddress address)
    {
        var options = broker.Options;
        var max = _overrides.GetValueOrDefault(address, options.MaxConnectionsPerIp);
        var count = Interlocked.Increment(ref _count);
        var ofAddress = _ofAddress.AddOrUpdate(address, 1, (_, before) => before + 1);
        if (count > options.MaxConnections)
            return Refuse(address, $"max.connections is {options.MaxConnections}.");
        if (ofAddress > max)
            return Refuse(address, $"From {address} {max} are allowed.");
        if (broker.Quotas.Connected(address) > 0)
            return Refuse(address, $"New ones from {address} come faster than its quota allows.");
        return null;
    }

    public void Leave(IPAddress address)
    {
        Interlocked.Decrement(ref _count);
        while (_ofAddress.TryGetValue(address, out var count))
        {
            if (count > 1 ? _ofAddress.TryUpdate(address, count - 1, count) : _ofAddress.TryRemove(new(address, count)))
                return;
        }
    }

    /// <summary>Counts a new connection, and how long it has to wait to be taken. Never more than one window, as in Kafka.</summary>
    public TimeSpan Pause()
    {
        var options = broker.Options;
        if (options.MaxConnectionCreationRate == int.MaxValue)
            return TimeSpan.Zero;

        var pauseMs = _rate.Record(1, options.MaxConnectionCreationRate, (long)broker.Time.GetElapsedTime(_began).TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Min(pauseMs, options.QuotaWindowSizeSeconds * 1000L));
    }

    private string Refuse(IPAddress address, string refusal)
    {
        Leave(address);
        return refusal;
    }
}
