using Confluent.Kafka;

namespace MassTransit.LogTransport.Clients;

/// <summary>
/// Knows whether the brokers can be reached. The native clients hide outages, so it asks: now and then while all is well, at once when a client
/// complains, and often while none answers. Watchers are told of changes only, one after the other.
/// </summary>
internal sealed class BrokerMonitor(TopicDeployer brokers)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OutageInterval = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _suspicion = new(0, 1);
    private readonly Lock _gate = new();
    private readonly HashSet<IBrokerWatcher> _watchers = [];
    private Task? _watching;
    private ConnectionException? _outage;

    /// <summary>Null while the brokers can be reached.</summary>
    public ConnectionException? Outage => Volatile.Read(ref _outage);

    public void Add(IBrokerWatcher watcher)
    {
        lock (_gate)
        {
            _watchers.Add(watcher);
            _watching ??= Task.Run(Watch);
        }
    }

    public void Remove(IBrokerWatcher watcher)
    {
        lock (_gate)
            _watchers.Remove(watcher);
    }

    /// <summary>To be told every error of every client.</summary>
    public void OnError(Error error)
    {
        if (error.Code is not (ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport or ErrorCode.Local_Resolve
            or ErrorCode.Local_Authentication or ErrorCode.Local_Ssl))
            return;

        try
        {
            _suspicion.Release();
        }
        catch (SemaphoreFullException)
        {
            // One suspicion is as good as many.
        }
    }

    public async Task Stop()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);

        Task? watching;
        lock (_gate)
            watching = _watching;

        if (watching != null)
            await watching.ConfigureAwait(false);
    }

    private async Task Watch()
    {
        try
        {
            for (; ; )
            {
                if (Outage == null)
                    await _suspicion.WaitAsync(Interval, _stopping.Token).ConfigureAwait(false);
                else
                    await Task.Delay(OutageInterval, _stopping.Token).ConfigureAwait(false);

                await Ask().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task Ask()
    {
        try
        {
            await brokers.Describe().ConfigureAwait(false);

            if (Interlocked.Exchange(ref _outage, null) != null)
                await Tell(x => x.BrokersReached()).ConfigureAwait(false);
        }
        catch (ConnectionException exception)
        {
            if (Interlocked.CompareExchange(ref _outage, exception, null) == null)
                await Tell(x => x.BrokersLost(exception)).ConfigureAwait(false);
        }
    }

    private async Task Tell(Func<IBrokerWatcher, Task> tell)
    {
        IBrokerWatcher[] watchers;
        lock (_gate)
            watchers = [.. _watchers];

        foreach (var watcher in watchers)
            await tell(watcher).ConfigureAwait(false);
    }
}

/// <summary>Told when the brokers are lost and reached again; must not throw.</summary>
internal interface IBrokerWatcher
{
    Task BrokersLost(ConnectionException exception);

    Task BrokersReached();
}
