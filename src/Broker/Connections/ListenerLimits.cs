using Broker.Configuration;

namespace Broker.Connections;

/// <summary>How many connections a listener may have beside the limits for all, and how fast new ones may come; null where it has no limit of its own.</summary>
internal sealed record ListenerLimits(int? MaxConnections, int? MaxConnectionCreationRate)
{
    public static ListenerLimits For(string listener, BrokerOptions options)
    {
        var prefix = SecuritySettings.PrefixOf(listener);
        var own = options.Under(prefix);
        return new(
            options.ListenerOverrides.ContainsKey(prefix + "max.connections") ? own.MaxConnections : null,
            options.ListenerOverrides.ContainsKey(prefix + "max.connection.creation.rate") ? own.MaxConnectionCreationRate : null);
    }
}
