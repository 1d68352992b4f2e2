[assembly: AssemblyFixture(typeof(MassTransit.LogTransport.Tests.Support.TestBroker))]

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>The broker most tests share, each under topic names of its own. TRANSPORT_TEST_BROKER names another one, such as Apache Kafka.</summary>
public sealed class TestBroker : IAsyncLifetime
{
    public string BootstrapServers { get; private set; } = "";

    public ValueTask InitializeAsync()
    {
        BootstrapServers = Environment.GetEnvironmentVariable("TRANSPORT_TEST_BROKER") ?? throw new InvalidOperationException("no broker");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
