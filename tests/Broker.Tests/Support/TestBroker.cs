using System.Net.Security;
using Broker.Storage.Disks;

namespace Broker.Tests.Support;

/// <summary>A broker on a free port over a directory of its own, which goes with it, or over a disk in memory.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private readonly Action<BrokerOptions> _configure;
    private readonly TimeProvider _time;
    private readonly Disk? _disk;
    private readonly bool _isOwn;
    private readonly List<KafkaClient> _clients = [];

    private TestBroker(string directory, bool isOwn, Action<BrokerOptions> configure, TimeProvider time, Disk? disk) =>
        (DirectoryPath, _isOwn, _configure, _time, _disk) = (directory, isOwn, configure, time, disk);

    public string DirectoryPath { get; }

    public BrokerServer Server { get; private set; } = null!;

    public RecordedLog Log { get; } = new();

    public int Port => int.Parse(Server.BootstrapServers.Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The bound ports, in the order of the listeners, whatever is advertised.</summary>
    public IReadOnlyList<int> Ports => [.. Server.Listeners.Select(l => l.Bound.Port)];

    /// <param name="configure">Changes the settings.</param>
    /// <param name="time">The system's when null.</param>
    /// <param name="disk">One in memory, or the machine's file system when null.</param>
    /// <param name="directory">Not its own: it stays where it is.</param>
    public static async Task<TestBroker> StartAsync(
        Action<BrokerOptions>? configure = null, TimeProvider? time = null, Disk? disk = null, string? directory = null)
    {
        var isOwn = directory is null && disk is null;
        directory ??= disk is null ? Directory.CreateTempSubdirectory("broker-tests-").FullName : Path.GetFullPath("/broker");
        var broker = new TestBroker(directory, isOwn, configure ?? (_ => { }), time ?? TimeProvider.System, disk);
        await broker.StartAgainAsync();
        return broker;
    }

    public Task<KafkaClient> ConnectAsync() => ConnectAsync(Port);

    /// <param name="listener">Its name.</param>
    /// <param name="tls">How to go behind TLS; null to stay in plain text.</param>
    public Task<KafkaClient> ConnectAsync(string listener, SslClientAuthenticationOptions? tls = null) => ConnectAsync(PortOf(listener), tls);

    public int PortOf(string listener) =>
        int.Parse(Server.BootstrapServersOf(listener).Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture);

    private async Task<KafkaClient> ConnectAsync(int port, SslClientAuthenticationOptions? tls = null)
    {
        var client = await KafkaClient.ConnectAsync(port, tls);
        _clients.Add(client);
        return client;
    }

    /// <summary>Completes when a fetch waits for records of partition 0.</summary>
    public async Task WaitForLongPollAsync(string topic)
    {
        var waiting = Server.Topics.FindPartition(topic, 0)!.DelayedFetches;
        while (waiting.Count == 0)
            await Task.Yield();
    }

    /// <summary>Stops cleanly and starts over the same directory.</summary>
    public async Task RestartAsync()
    {
        await Server.StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Starts over the same directory, after a stop.</summary>
    public async Task StartAgainAsync()
    {
        var options = new BrokerOptions { Listeners = "PLAINTEXT://127.0.0.1:0", LogDirs = DirectoryPath };
        _configure(options);
        Server = await BrokerServer.StartAsync(options, _time, Log, _disk);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await Server.StopAsync();
        if (_isOwn)
            Directory.Delete(DirectoryPath, recursive: true);
    }
}
