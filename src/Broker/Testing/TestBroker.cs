using Broker.Storage.Disks;
using Microsoft.Extensions.Logging;

namespace Broker.Testing;

/// <summary>
/// A broker for a test: on a free port of this machine, in memory or on a directory, with rules for what becomes of its clients'
/// requests, to be stopped, killed and started again on the same data and port. Starting, stopping and killing is for one caller at a
/// time; everything else is safe for use by any thread.
/// </summary>
public sealed class TestBroker : IAsyncDisposable
{
    private readonly string? _directory;
    private readonly Action<BrokerOptions>? _configure;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory? _loggerFactory;
    private MemoryDisk _memory;
    private DetachableDisk? _attached;
    private BrokerServer? _server;
    private string? _boundListeners;

    private TestBroker(string? directory, Action<BrokerOptions>? configure, TimeProvider time, ILoggerFactory? loggerFactory)
    {
        _directory = directory;
        _configure = configure;
        _time = time;
        _loggerFactory = loggerFactory;
        _memory = new MemoryDisk(time);
    }

    /// <summary>What becomes of clients' requests. Rules outlive a restart.</summary>
    public RequestControl Control { get; } = new();

    /// <summary>What clients connect to: <c>127.0.0.1:49213</c>. Stays the same after a restart.</summary>
    public string BootstrapServers { get; private set; } = "";

    /// <summary>Whether it is neither stopped nor killed.</summary>
    public bool IsRunning => _server is not null;

    /// <summary>The broker itself, for its topics, groups and records; another one after each restart.</summary>
    /// <exception cref="InvalidOperationException">It is stopped or killed.</exception>
    public BrokerServer Server => _server ?? throw new InvalidOperationException("The broker is stopped; call RestartAsync first.");

    /// <summary>Starts a broker. It takes clients when this completes.</summary>
    /// <param name="directory">Where its data lies, made when missing and left there afterwards; null for memory.</param>
    /// <param name="configure">Changes its settings, at every start. Listeners on port 0 keep the port they once got.</param>
    /// <param name="time">The clock for retention, long polls, timeouts and delays; the system's when null.</param>
    /// <param name="loggerFactory">Where it logs to; nowhere when null.</param>
    /// <param name="ct">Ends the start.</param>
    /// <exception cref="IOException">As <see cref="BrokerServer.StartAsync"/>.</exception>
    public static async Task<TestBroker> StartAsync(
        string? directory = null, Action<BrokerOptions>? configure = null, TimeProvider? time = null, ILoggerFactory? loggerFactory = null,
        CancellationToken ct = default)
    {
        var broker = new TestBroker(directory, configure, time ?? TimeProvider.System, loggerFactory);
        await broker.StartServerAsync(ct).ConfigureAwait(false);
        return broker;
    }

    /// <summary>Stops it cleanly: everything is brought to disk. Does nothing when it does not run.</summary>
    /// <param name="ct">Ends the wait, not the stop.</param>
    public async Task StopAsync(CancellationToken ct = default)
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
            await server.StopAsync(ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends it as a crash does. Connections break without an answer and nothing more is written. In memory what was not fsynced is
    /// lost, as when the power fails; a directory is left as <c>kill -9</c> leaves it, without the marks of a clean stop. Does nothing
    /// when it does not run.
    /// </summary>
    public async Task KillAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is not { } server)
            return;

        // First the connections: nobody may be told of what is not kept.
        await server.CutConnectionsAsync().ConfigureAwait(false);
        _attached!.Detach();
        _memory = _memory.CopyAfterPowerLoss();
        await server.StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Starts it again on the same data and port; stops it first when it runs.</summary>
    /// <param name="ct">Ends the start.</param>
    /// <exception cref="IOException">As <see cref="BrokerServer.StartAsync"/>; somebody else may have taken the port meanwhile.</exception>
    public async Task RestartAsync(CancellationToken ct = default)
    {
        await StopAsync(ct).ConfigureAwait(false);
        await StartServerAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);

    private async Task StartServerAsync(CancellationToken ct)
    {
        var options = new BrokerOptions { Listeners = "PLAINTEXT://127.0.0.1:0" };
        _configure?.Invoke(options);
        options.Listeners = _boundListeners ?? options.Listeners;
        options.LogDirs = _directory ?? Path.GetFullPath("/broker");
        _attached = new DetachableDisk(_directory is null ? _memory : Disk.Real);
        _server = await BrokerServer.StartControlledAsync(options, Control, _time, _loggerFactory, _attached, ct).ConfigureAwait(false);
        _boundListeners = _server.BoundListeners;
        BootstrapServers = _server.BootstrapServers;
    }
}
