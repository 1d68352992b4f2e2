[assembly: AssemblyFixture(typeof(MassTransit.LogTransport.Tests.Support.SharedBroker))]

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>The broker that most tests share, each under topic names of its own. TRANSPORT_TEST_BROKER names another, such as Apache Kafka.</summary>
public sealed class SharedBroker : IAsyncLifetime
{
    private readonly string? _other = Environment.GetEnvironmentVariable("TRANSPORT_TEST_BROKER");
    private readonly TestBroker _own = new();

    public string BootstrapServers => _other ?? _own.BootstrapServers;

    public async ValueTask InitializeAsync()
    {
        NativeClient.Load();

        if (_other == null)
            await _own.Start();
    }

    public ValueTask DisposeAsync() => _own.DisposeAsync();
}
