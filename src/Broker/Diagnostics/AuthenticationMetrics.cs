using System.Diagnostics.Metrics;

namespace Broker.Diagnostics;

/// <summary>Authentications under the names Kafka has for them, by listener and mechanism.</summary>
internal sealed class AuthenticationMetrics(Meter meter)
{
    private readonly Counter<long> _successful = meter.CreateCounter<long>(
        "broker.successful.authentication", "{authentication}", "Clients that proved who they are, by listener and mechanism (successful-authentication-total).");

    private readonly Counter<long> _failed = meter.CreateCounter<long>(
        "broker.failed.authentication", "{authentication}", "Clients that did not prove who they are, by listener and mechanism (failed-authentication-total).");

    private readonly Counter<long> _successfulAgain = meter.CreateCounter<long>(
        "broker.successful.reauthentication", "{authentication}", "Clients that authenticated again in time (successful-reauthentication-total).");

    private readonly Counter<long> _failedAgain = meter.CreateCounter<long>(
        "broker.failed.reauthentication", "{authentication}", "Clients that failed to authenticate again (failed-reauthentication-total).");

    private readonly Counter<long> _expired = meter.CreateCounter<long>(
        "broker.expired.connections.killed", "{connection}", "Connections closed because a request came after the session's end (expired-connections-killed-count).");

    public void Succeeded(string listener, string mechanism, bool again) => (again ? _successfulAgain : _successful).Add(1, Tags(listener, mechanism));

    public void Failed(string listener, string mechanism, bool again) => (again ? _failedAgain : _failed).Add(1, Tags(listener, mechanism));

    public void Expired(string listener) => _expired.Add(1, new KeyValuePair<string, object?>("listener", listener));

    private static KeyValuePair<string, object?>[] Tags(string listener, string mechanism) => [new("listener", listener), new("mechanism", mechanism)];
}
