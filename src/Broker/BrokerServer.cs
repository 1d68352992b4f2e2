using Broker.Apis;
using Broker.Authorization;
using Broker.Configuration;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Groups;
using Broker.Housekeeping;
using Broker.InProcess;
using Broker.Quotas;
using Broker.Security;
using Broker.Security.Scram;
using Broker.Storage;
using Broker.Storage.Disks;
using Broker.Testing;
using Broker.Topics;
using Broker.Transactions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker;

/// <summary>
/// A broker: Kafka's protocol on its listeners, its topics in one data directory. Several may run in one process, each with a
/// directory of its own. Safe for use by any thread.
/// </summary>
public sealed class BrokerServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly IReadOnlyList<KafkaListener> _listeners;
    private readonly BrokerMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly DataDirectory _directory;
    private readonly LogFlusher _flusher;
    private readonly TopicCatalog _topics;
    private readonly GroupCoordinator _groups;
    private readonly TransactionCoordinator _transactions;
    private readonly RetentionLoop _retention;
    private readonly CompactionLoop _compaction;
    private readonly ReopeningLoop _reopening;
    private readonly BrokerContext _shared;
    private readonly ConnectionSet _connections;
    private readonly int _leaderEpoch;
    private Task? _stopped;

    private BrokerServer(
        BrokerOptions options, IReadOnlyList<KafkaListener> listeners, DataDirectory directory, RequestControl control, TimeProvider time,
        ILoggerFactory loggerFactory)
    {
        _logger = loggerFactory.CreateLogger("Broker");
        _time = time;
        _metrics = new BrokerMetrics(time);
        _listeners = listeners;
        _directory = directory;
        // First what may fail, then what must be stopped.
        var identity = BrokerIdentity.Open(directory);
        var quotas = QuotaStore.Open(directory);
        var authorizer = Authorizer.Open(options, directory, _metrics, _logger);
        var config = DynamicBrokerConfig.Open(directory, options);
        var groupConfigs = GroupConfigs.Open(directory, options);
        var scram = ScramCredentials.Open(directory, options.AddScram);
        _flusher = new LogFlusher(time, loggerFactory.CreateLogger("Broker.Storage"));
        var logs = new TopicLogs(directory, identity, _flusher, time, _logger, loggerFactory.CreateLogger("Broker.Storage"));
        _topics = new TopicCatalog(directory, config, logs, _logger);
        _groups = new GroupCoordinator(
            new OffsetsLog(_topics),
            GroupSettings.From(options) with { Own = groupConfigs },
            new GroupTopics(_topics),
            time,
            loggerFactory.CreateLogger("Broker.Groups"));
        _topics.ForgetName = _groups.ForgetTopicAsync;
        var transactionLogger = loggerFactory.CreateLogger("Broker.Transactions");
        var table = new TransactionTable(new StateLog(_topics), time, transactionLogger);
        var markers = new PartitionMarkers(_topics, _groups, identity.LeaderEpoch, transactionLogger);
        _transactions = new TransactionCoordinator(
            table, new TransactionCompletion(table, markers, transactionLogger), new OrphanedTransactions(table, markers, transactionLogger),
            TransactionSettings.From(options), identity.NextProducerId, time, transactionLogger);
        _metrics.Observe(_topics, _flusher, directory.Path, DescribeGroups);
        _retention = new RetentionLoop(_topics, TimeSpan.FromMilliseconds(options.LogRetentionCheckIntervalMs), time, _logger);
        _compaction = new CompactionLoop(_topics, config, time, _metrics, _logger);
        _reopening = new ReopeningLoop(directory, _topics, _groups, _transactions, time, _logger);
        var apis = ApiTable.For(new BrokerParts
        {
            Options = options,
            Config = config,
            Directory = directory,
            Identity = identity,
            Topics = _topics,
            GroupConfigs = groupConfigs,
            Groups = _groups,
            Authorizer = authorizer,
            Quotas = quotas,
            Scram = scram,
            Transactions = _transactions,
            Metrics = _metrics,
            Time = time,
            Logger = _logger,
        });
        _shared = new BrokerContext
        {
            Config = config,
            Apis = apis,
            Topics = _topics,
            Authorizer = authorizer,
            Memory = MemoryBudget.From(options),
            Quotas = new ClientQuotas(quotas, options, _metrics, time),
            Scram = scram,
            HalfOpen = new HalfOpenConnections(time),
            Metrics = _metrics,
            Logger = _logger,
            RequestLogger = loggerFactory.CreateLogger(RequestLog.Category),
            Time = time,
            Stopping = _stopping.Token,
            Control = control,
        };
        _connections = new ConnectionSet(_shared);
        ClusterId = identity.ClusterId;
        _leaderEpoch = identity.LeaderEpoch;
        NodeId = options.NodeId;
        var calls = new LocalCalls(_shared, listeners[0].Listener);
        Records = new BrokerRecords(calls, _topics);
        Admin = new BrokerAdmin(calls, this, Records);
    }

    /// <summary>Addresses of all listeners as clients on this machine reach them, with the ports they got: <c>127.0.0.1:49213</c>.</summary>
    public string BootstrapServers =>
        string.Join(',', _listeners.Select(l => $"{l.Listener.AdvertisedHost}:{l.Listener.AdvertisedPort}"));

    /// <summary>The address of one listener as clients on this machine reach it, with the port it got.</summary>
    /// <exception cref="ArgumentException">There is no such listener.</exception>
    public string BootstrapServersOf(string listener) =>
        _listeners.FirstOrDefault(l => string.Equals(l.Listener.Name, listener, StringComparison.OrdinalIgnoreCase)) is { Listener: var found }
            ? $"{found.AdvertisedHost}:{found.AdvertisedPort}"
            : throw new ArgumentException($"There is no listener {listener}.", nameof(listener));

    /// <summary>Made once for a data directory and kept in it.</summary>
    public string ClusterId { get; }

    /// <summary><c>node.id</c>.</summary>
    public int NodeId { get; }

    /// <summary>Whether clients must say who they are on some listener, or may not do everything.</summary>
    public bool RestrictsClients =>
        _shared.Authorizer.IsConfigured || _listeners.Any(l => l.Listener.Security.Protocol != SecurityProtocol.Plaintext);

    /// <summary>Its records, for code in this process.</summary>
    public BrokerRecords Records { get; }

    /// <summary>Its topics and groups, for code in this process that changes them.</summary>
    public BrokerAdmin Admin { get; }

    /// <summary>Every topic as it stands, in order of name.</summary>
    public IReadOnlyList<TopicDescription> DescribeTopics() => [.. _topics.All.Select(t => t.Describe())];

    /// <summary>A topic as it stands; null when there is none of that name.</summary>
    public TopicDescription? DescribeTopic(string name) => _topics.TryFind(name, out var topic) ? topic.Describe() : null;

    /// <summary>Every consumer group as it stands, in order of id, with how far each has read.</summary>
    public IReadOnlyList<GroupDescription> DescribeGroups() => _groups.View(group => group.Describe(_topics));

    /// <summary>Every connection open now, in order of client ids, with what it produces to and fetches from.</summary>
    public IReadOnlyList<ConnectionDescription> DescribeConnections() => _connections.Describe();

    /// <summary><see cref="BrokerOptions.Listeners"/> with the ports they got.</summary>
    internal string BoundListeners => string.Join(',', _listeners.Select(l => $"{l.Listener.Name}://{l.Listener.Bound}"));

    internal IEnumerable<Listener> Listeners => _listeners.Select(l => l.Listener);

    internal BrokerMetrics Metrics => _metrics;

    internal TopicCatalog Topics => _topics;

    internal ApiTable Apis => _shared.Apis;

    internal BrokerContext Context => _shared;

    internal MemoryBudget Memory => _shared.Memory;

    internal Authorizer Authorizer => _shared.Authorizer;

    internal RequestControl Control => _shared.Control;

    /// <summary>
    /// Binds the listeners, locks and opens the data directory, recovers what a crash left, and takes connections. On return every
    /// topic is served. A partition whose log cannot be opened is offline and said in the log; the others are served.
    /// </summary>
    /// <param name="options">The settings; not to be changed afterwards.</param>
    /// <param name="time">The clock for retention, long polls and timeouts; the system's when null.</param>
    /// <param name="loggerFactory">Where the broker logs to; nowhere when null.</param>
    /// <param name="disk">Where the data directory lies: a <see cref="MemoryDisk"/>, or the machine's file system when null.</param>
    /// <param name="ct">Ends the start; what was opened is closed again.</param>
    /// <exception cref="IOException">A port is in use (nothing was opened then), or the data directory is locked by another process or cannot be used.</exception>
    /// <exception cref="InvalidSettingException">A listener's address cannot be read.</exception>
    /// <exception cref="InvalidDataException">The broker's own state files in the data directory are damaged.</exception>
    public static Task<BrokerServer> StartAsync(
        BrokerOptions options, TimeProvider? time = null, ILoggerFactory? loggerFactory = null, Disk? disk = null, CancellationToken ct = default) =>
        StartControlledAsync(options, new RequestControl(), time, loggerFactory, disk, ct);

    internal static async Task<BrokerServer> StartControlledAsync(
        BrokerOptions options, RequestControl control, TimeProvider? time, ILoggerFactory? loggerFactory, Disk? disk, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        var listeners = Bind(options);
        DataDirectory? directory = null;
        BrokerServer? server = null;
        try
        {
            ct.ThrowIfCancellationRequested();
            directory = DataDirectory.Open(options.LogDirs, disk);
            server = new BrokerServer(options, listeners, directory, control, time ?? TimeProvider.System, loggerFactory ?? NullLoggerFactory.Instance);
            await server.OpenAsync(ct).ConfigureAwait(false);
            return server;
        }
        catch
        {
            if (server is not null)
                await server.StopAfterFailedStartAsync().ConfigureAwait(false);
            else
                directory?.Dispose();
            foreach (var listener in listeners)
                listener.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Takes no more connections, answers waiting requests with what there is, brings every log to disk and releases the data
    /// directory. Takes at most about a second for clients that do not read their answers. A further call waits for the first.
    /// </summary>
    /// <param name="ct">Ends the wait, not the stop.</param>
    public Task StopAsync(CancellationToken ct = default)
    {
        lock (_lock)
            _stopped ??= StopOnceAsync();
        return _stopped.WaitAsync(ct);
    }

    /// <summary>Takes no more connections and ends those that are open, answered or not. To be followed by a stop.</summary>
    internal async Task CutConnectionsAsync()
    {
        foreach (var listener in _listeners)
            await listener.StopAsync().ConfigureAwait(false);
        _connections.CutAll();
    }

    /// <summary>As <see cref="StopAsync"/>.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);

    private static List<KafkaListener> Bind(BrokerOptions options)
    {
        SettingsWithoutEffect.CheckVoter(options);
        var listeners = ClientListeners.Of(options);
        var bound = new List<KafkaListener>();
        try
        {
            foreach (var (address, advertised) in listeners)
                bound.Add(KafkaListener.Bind(address, advertised, ListenerSecurity.For(address.Name, options), options));

            return bound;
        }
        catch
        {
            foreach (var listener in bound)
                listener.Dispose();
            throw;
        }
    }

    private async Task OpenAsync(CancellationToken ct)
    {
        var began = _time.GetTimestamp();
        _topics.Open();
        _groups.Start();
        await _transactions.StartAsync(_topics.All.SelectMany(t => t.Partitions)).ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
        _retention.Start();
        _compaction.Start();
        _reopening.Start();
        _connections.Start();
        foreach (var listener in _listeners)
            listener.Start(_connections, _logger);
        if (_shared.Config.Given.WithoutEffect is { Count: > 0 } idle)
            _logger.SettingsWithoutEffect(string.Join(", ", idle.Keys));
        _logger.Started(
            NodeId, ClusterId, BootstrapServers, _directory.Path, _topics.All.Count, _topics.All.Sum(t => t.Partitions.Count),
            (long)_time.GetElapsedTime(began).TotalMilliseconds, _leaderEpoch);
    }

    private async Task StopAfterFailedStartAsync()
    {
        try
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (AggregateException)
        {
            // Said in the log; why it did not start is what the caller must hear.
        }
    }

    private async Task StopOnceAsync()
    {
        _logger.Stopping(_connections.Count);
        // In this order, and each whatever became of those before: what was written is brought to disk in any case, and the directory given back.
        Func<Task>[] steps =
        [
            _connections.StopPacingAsync,
            .. _listeners.Select<KafkaListener, Func<Task>>(listener => listener.StopAsync),
            _stopping.CancelAsync,
            () => _connections.DisposeAsync().AsTask(),
            () => _reopening.DisposeAsync().AsTask(),
            () => _transactions.DisposeAsync().AsTask(),
            () => _groups.DisposeAsync().AsTask(),
            () => _compaction.DisposeAsync().AsTask(),
            () => _retention.DisposeAsync().AsTask(),
            () => _flusher.DisposeAsync().AsTask(),
            .. new IDisposable[] { _topics, _directory, _metrics, _stopping }.Select<IDisposable, Func<Task>>(part => () =>
            {
                part.Dispose();
                return Task.CompletedTask;
            }),
        ];
        var faults = new List<Exception>();
        foreach (var step in steps)
        {
            try
            {
                await step().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                _logger.StopStepFailed(e);
                faults.Add(e);
            }
        }

        if (faults.Count > 0)
            throw new AggregateException("The broker stopped, and parts of it failed.", faults);
        _logger.Stopped();
    }
}
