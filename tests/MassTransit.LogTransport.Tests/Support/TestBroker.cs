using System.Net;
using System.Net.Sockets;
using Broker;

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
