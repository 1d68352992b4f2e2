using System.Collections.Concurrent;
using System.Net.Sockets;
using Broker.Diagnostics;

namespace Broker.Connections;

/// <summary>Every open connection, the limit on their number, and their end. Safe for use by any thread.</summary>
internal sealed class ConnectionSet(BrokerContext broker) : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    /// <summary>A large request must get on by 64 KiB in this time, which is 2 KiB a second, or it keeps the others' memory for nothing.</summary>
    private static readonly TimeSpan StallPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<KafkaConnection, Task> _open = new();
    private readonly ConnectionLimits _limits = new(broker);
    private readonly CancellationTokenSource _sweepEnd = new();
    private readonly CancellationTokenSource _taking = new();
    private Task _sweeping = Task.CompletedTask;

    /// <summary>How many are open.</summary>
    public int Count => _open.Count;

    public void Start()
    {
        var maxIdleMs = broker.Options.ConnectionsMaxIdleMs;
        _sweeping = SweepLoopAsync(maxIdleMs > 0 ? TimeSpan.FromMilliseconds(maxIdleMs) : TimeSpan.MaxValue);
    }

    /// <summary>Takes what waits to be taken without further wait; the listeners are about to close.</summary>
    public Task StopPacingAsync() => _taking.CancelAsync();

    /// <summary>How long a connection that has come waits to be taken, so that not too many a second are.</summary>
    public Task PaceAsync(Listener listener) => _limits.Pause(listener) is { Ticks: > 0 } pause ? PauseAsync(pause) : Task.CompletedTask;

    /// <summary>Takes over the socket; past a limit it is closed at once.</summary>
    public void Add(Socket client, Listener listener)
    {
        var connection = new KafkaConnection(client, listener, broker);
        var refusal = broker.Stopping.IsCancellationRequested ? "The broker stops." : _limits.Enter(connection.ClientAddress, listener);
        if (refusal is not null)
        {
            broker.Logger.ConnectionNotTaken(client.RemoteEndPoint, CloseReason.TooManyConnections, refusal);
            connection.Dispose();
            return;
        }

        client.NoDelay = true;
        if (broker.Options.SocketSendBufferBytes > 0)
            client.SendBufferSize = broker.Options.SocketSendBufferBytes;
        if (broker.Options.SocketReceiveBufferBytes > 0)
            client.ReceiveBufferSize = broker.Options.SocketReceiveBufferBytes;
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[connection] = ServeAsync(connection, listener, start.Task);
        start.SetResult();
    }

    /// <summary>Those open now, in order of their clients' ids.</summary>
    public IReadOnlyList<ConnectionDescription> Describe() =>
        [.. _open.Keys.Select(c => c.Describe()).OrderBy(c => c.ClientId, StringComparer.Ordinal).ThenBy(c => c.OpenedAt)];

    /// <summary>Ends every connection; answers still waiting are not sent.</summary>
    public void CutAll()
    {
        foreach (var connection in _open.Keys)
            connection.Cut(CloseReason.BrokerStops);
    }

    /// <summary>
    /// Waits for the connections, which end by themselves once the broker's stopping token is set, and cuts those whose client
    /// does not take its answers.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _sweepEnd.CancelAsync().ConfigureAwait(false);
        await _sweeping.ConfigureAwait(false);

        // The patience is for real clients and so in real time, whatever clock the broker was given.
        var ended = Task.WhenAll(_open.Values);
        if (await Task.WhenAny(ended, Task.Delay(StopPatience, TimeProvider.System)).ConfigureAwait(false) != ended)
        {
            broker.Logger.ConnectionsCut(_open.Count);
            CutAll();
        }

        await ended.ConfigureAwait(false);
        _sweepEnd.Dispose();
        _taking.Dispose();
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, broker.Time, _taking.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_taking.IsCancellationRequested)
        {
        }
    }

    private async Task ServeAsync(KafkaConnection connection, Listener listener, Task started)
    {
        await started.ConfigureAwait(false);
        try
        {
            await connection.RunAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One client's end, whatever its cause, is not another's.
        catch (Exception e)
#pragma warning restore CA1031
        {
            broker.Logger.ConnectionFaulted(e);
        }
        finally
        {
            _limits.Leave(connection.ClientAddress, listener);
            _open.TryRemove(connection, out _);
            connection.Dispose();
        }
    }

    private async Task SweepLoopAsync(TimeSpan maxIdle)
    {
        using var timer = new PeriodicTimer(maxIdle < SweepPeriod ? maxIdle : SweepPeriod, broker.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_sweepEnd.Token).ConfigureAwait(false))
            {
                foreach (var (connection, _) in _open)
                {
                    if (connection.Silence >= maxIdle)
                        connection.Cut(CloseReason.Idle);
                    else if (connection.Stall >= StallPatience)
                        connection.Cut(CloseReason.RequestStalled);
                }
            }
        }
        catch (OperationCanceledException) when (_sweepEnd.IsCancellationRequested)
        {
        }
    }
}
