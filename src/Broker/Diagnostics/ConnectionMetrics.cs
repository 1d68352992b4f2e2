using System.Diagnostics.Metrics;
using Broker.Connections;

namespace Broker.Diagnostics;

/// <summary>Connections and who proved who they are on them, by listener, under the names of Kafka's socket-server-metrics.</summary>
internal sealed class ConnectionMetrics(Meter meter)
{
    private const string Prefix = "kafka.server.socket-server-metrics.";

    private readonly UpDownCounter<long> _open = meter.CreateUpDownCounter<long>(
        Prefix + "connection-count", "{connection}", "Open connections, by listener.");

    private readonly Counter<long> _opened = meter.CreateCounter<long>(
        Prefix + "connection-creation", "{connection}", "Connections taken, by listener.");

    private readonly Counter<long> _closed = meter.CreateCounter<long>(
        Prefix + "connection-close", "{connection}", "Connections ended, by listener.");

    private readonly Counter<long> _closedBecause = meter.CreateCounter<long>(
        "broker.connections.closed", "{connection}", "Connections ended, by reason.");

    private readonly Counter<long> _successful = meter.CreateCounter<long>(
        Prefix + "successful-authentication", "{authentication}", "Clients that proved who they are, by listener and mechanism.");

    private readonly Counter<long> _failed = meter.CreateCounter<long>(
        Prefix + "failed-authentication", "{authentication}", "Clients that did not prove who they are, by listener and mechanism.");

    private readonly Counter<long> _successfulAgain = meter.CreateCounter<long>(
        Prefix + "successful-reauthentication", "{authentication}", "Clients that authenticated again in time, by listener and mechanism.");

    private readonly Counter<long> _failedAgain = meter.CreateCounter<long>(
        Prefix + "failed-reauthentication", "{authentication}", "Clients that failed to authenticate again, by listener and mechanism.");

    private readonly Counter<long> _expired = meter.CreateCounter<long>(
        Prefix + "expired-connections-killed-count", "{connection}", "Connections closed because a request came after the session's end, by listener.");

    public void Opened(string listener)
    {
        _open.Add(1, Listener(listener));
        _opened.Add(1, Listener(listener));
    }

    public void Closed(string listener, CloseReason reason)
    {
        _open.Add(-1, Listener(listener));
        _closed.Add(1, Listener(listener));
        _closedBecause.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
    }

    public void Authenticated(string listener, string mechanism, bool again) =>
        (again ? _successfulAgain : _successful).Add(1, Listener(listener), new("mechanism", mechanism));

    public void AuthenticationFailed(string listener, string mechanism, bool again) =>
        (again ? _failedAgain : _failed).Add(1, Listener(listener), new("mechanism", mechanism));

    public void Expired(string listener) => _expired.Add(1, Listener(listener));

    private static KeyValuePair<string, object?> Listener(string name) => new("listener", name);
}
