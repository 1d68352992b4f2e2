using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Broker.Tests.Security.Support;
using Broker.Tests.Support;

namespace Broker.Tests.Security;

public sealed class AuthenticationMetricsTests
{
    [Fact]
    public async Task successes_failures_and_renewals_are_counted()
    {
        await using var broker = await TestBroker.StartAsync(o =>
        {
            (o.Listeners, o.SaslEnabledMechanisms, o.ConnectionFailedAuthenticationDelayMs) = ("SASL_PLAINTEXT://127.0.0.1:0", "PLAIN", 0);
            o.ListenerOverrides["plain.sasl.jaas.config"] = "org.apache.kafka.common.security.plain.PlainLoginModule required user_alice=\"alice-secret\";";
        });
        var counted = new ConcurrentBag<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter == broker.Server.Metrics.Meter && instrument.Name.Contains("authentication", StringComparison.Ordinal))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            counted.Add($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(t => t.Value))} {value}"));
        listener.Start();

        var client = await broker.ConnectAsync();
        await client.PlainAsync("alice", "alice-secret");
        await client.PlainAsync("alice", "alice-secret");
        await (await broker.ConnectAsync()).PlainAsync("alice", "wrong");

        Assert.Equal(
            [
                "kafka.server.socket-server-metrics.failed-authentication SASL_PLAINTEXT PLAIN 1",
                "kafka.server.socket-server-metrics.successful-authentication SASL_PLAINTEXT PLAIN 1",
                "kafka.server.socket-server-metrics.successful-reauthentication SASL_PLAINTEXT PLAIN 1",
            ],
            counted.Order(StringComparer.Ordinal));
    }
}
