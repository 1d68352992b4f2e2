using System.Net;
using System.Net.Sockets;
using Broker;

[assembly: AssemblyFixture(typeof(MassTransit.LogTransport.Tests.Support.SharedBroker))]

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>A broker in this process, on a data directory of its own that goes with it. It keeps its port when it is stopped and started again.</summary>
public sealed class TestBroker : ITestBroker, IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("transport");
    private readonly Action<BrokerOptions>? _configure;
    private BrokerServer? _server;

    public TestBroker(Action<BrokerOptions>? configure = null)
    {
        _configure = configure;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        BootstrapServers = probe.LocalEndpoint.ToString()!;
    }

    public string BootstrapServers { get; }

    public async Task Start()
    {
        if (_server != null)
            return;

        var options = new BrokerOptions
        {
            Listeners = $"PLAINTEXT://{BootstrapServers}",
            LogDirs = _directory.FullName,
            GroupInitialRebalanceDelayMs = 0,
            OffsetsTopicNumPartitions = 2,
            AutoCreateTopicsEnable = false,
        };
        _configure?.Invoke(options);

        _server = await BrokerServer.StartAsync(options, ct: TestContext.Current.CancellationToken);
    }

    public async Task Stop()
    {
        if (_server != null)
            await _server.DisposeAsync();

        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _directory.Delete(recursive: true);
    }
}

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
