using Broker.Groups;
using Broker.Protocol;
using Broker.Tests.Support;
using Broker.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Transactions.Support;

/// <summary>A coordinator over a log in memory, markers that are only noted, and a clock that only the test moves.</summary>
internal sealed class CoordinatorScenario : IAsyncDisposable
{
    private static long _nextProducerId = 100;

    private CoordinatorScenario(MemoryStateLog log)
    {
        Log = log;
        var table = new TransactionTable(log, Time, Lines);
        var settings = new TransactionSettings { MaxTimeoutMs = 60_000, ExpirationMs = 600_000, SweepInterval = TimeSpan.FromSeconds(10) };
        Coordinator = new TransactionCoordinator(
            table, new TransactionCompletion(table, Markers, Lines), new OrphanedTransactions(table, Markers, Lines), settings, () => Interlocked.Increment(ref _nextProducerId), Time, Lines);
    }

    public static TopicPartition One { get; } = new("one", 0);

    public static TopicPartition Two { get; } = new("two", 3);

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddDays(20_000));

    public MemoryStateLog Log { get; }

    public RecordedLog Lines { get; } = new();

    public NotedMarkers Markers { get; } = new();

    public TransactionCoordinator Coordinator { get; }

    public static async Task<CoordinatorScenario> StartAsync(MemoryStateLog? log = null)
    {
        var scenario = new CoordinatorScenario(log ?? new MemoryStateLog());
        await scenario.Coordinator.StartAsync([]);
        return scenario;
    }

    public async Task<TransactionalProducer> InitAsync(string id = "t", TransactionalProducer? known = null)
    {
        var (error, producer) = await Coordinator.InitAsync(id, 30_000, known);
        Assert.Equal(ErrorCode.None, error);
        return producer;
    }

    public async Task<TransactionalProducer> BeginAsync(params TopicPartition[] partitions)
    {
        var producer = await InitAsync();
        Assert.Equal(ErrorCode.None, await Coordinator.AddPartitionsAsync("t", producer, partitions));
        return producer;
    }

    public Task<(ErrorCode Error, TransactionalProducer Next)> EndAsync(TransactionalProducer producer, bool commit, short dialect = 2) =>
        Coordinator.EndAsync("t", producer, commit, dialect).AsTask();

    public string State => Coordinator.Table.Describe("t").TransactionState;

    /// <summary>Lets a sweep pass and completes when the state is as expected.</summary>
    public async Task SweepUntilAsync(string state)
    {
        while (State != state)
        {
            Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
    }

    public ValueTask DisposeAsync() => Coordinator.DisposeAsync();
}

/// <summary>Markers as <c>topic-partition commit epoch</c>, in the order written.</summary>
internal sealed class NotedMarkers : ITransactionMarkers
{
    private readonly Lock _lock = new();
    private readonly List<string> _written = [];

    public IReadOnlyList<string> Written
    {
        get
        {
            lock (_lock)
                return [.. _written];
        }
    }

    /// <summary>Takes no marker for now.</summary>
    public TopicPartition? Refusing { get; set; }

    /// <summary>When markers are on disk.</summary>
    public Task Flush { get; set; } = Task.CompletedTask;

    public async Task<bool> WriteAsync(TopicPartition partition, TransactionMarker marker)
    {
        if (partition == Refusing)
            return false;
        lock (_lock)
            _written.Add($"{partition.Topic}-{partition.Partition} {(marker.Commit ? "commit" : "abort")} {marker.Epoch}");
        await Flush;
        return true;
    }
}
