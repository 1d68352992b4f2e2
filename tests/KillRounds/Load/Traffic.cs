using Confluent.Kafka;
using Confluent.Kafka.Admin;
using KillRounds.Checking;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>All clients at once, on threads of their own where their calls block.</summary>
internal sealed class Traffic(string bootstrapServers)
{
    private const int Partitions = 4;
    private const int Tokens = 6;
    private static readonly string[] Workers = ["ring-a", "ring-b"];

    private readonly CancellationTokenSource _writersStop = new();
    private readonly CancellationTokenSource _readersStop = new();
    private readonly List<Task> _writers = [];
    private readonly List<Task> _readers = [];

    public History History { get; } = new();

    public Progress Progress { get; } = new();

    private static IReadOnlyList<Place> Places =>
        [.. from topic in new[] { NumberWriter.Topic, Ring.Topic } from partition in Enumerable.Range(0, Partitions) select new Place(topic, partition)];

    /// <summary>Something of ours has failed, not the broker's promises: ends with its exception.</summary>
    public Task Failed => Task.WhenAny(_writers.Concat(_readers)).Unwrap();

    public async Task StartAsync()
    {
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build())
        {
            await admin.CreateTopicsAsync(new[] { NumberWriter.Topic, Ring.Topic }
                .Select(t => new TopicSpecification { Name = t, NumPartitions = Partitions, ReplicationFactor = 1 }));
        }

        await PlaceTokensAsync();
        foreach (var name in new[] { "writer-a", "writer-b" })
            _writers.Add(new NumberWriter(name, bootstrapServers, Partitions, History, Progress).RunAsync(_writersStop.Token));
        foreach (var name in Workers)
            _writers.Add(OnThread(() => new RingWorker(name, bootstrapServers, Partitions, History, Progress).Run(_writersStop.Token)));
        foreach (var name in new[] { "reader-a", "reader-b" })
            _readers.Add(OnThread(() => new NumberReader(name, bootstrapServers, History, Progress).Run(_readersStop.Token)));
        _readers.Add(OnThread(() => Tail.Follow(bootstrapServers, Places, History, _readersStop.Token)));
    }

    /// <summary>Ends the clients, the writing ones first, and reads the logs whole.</summary>
    public async Task FinishAsync()
    {
        await _writersStop.CancelAsync();
        await Task.WhenAll(_writers);
        foreach (var name in Workers)
        {
            using var successor = RingWorker.Producer(name, bootstrapServers);
            successor.InitTransactions(TimeSpan.FromSeconds(60));
        }

        await Progress.CatchUpAsync();
        await _readersStop.CancelAsync();
        await Task.WhenAll(_readers);
        History.Log = Tail.ReadAll(bootstrapServers, Places, IsolationLevel.ReadUncommitted);
        History.CommittedLog = Tail.ReadAll(bootstrapServers, Places, IsolationLevel.ReadCommitted);
        _writersStop.Dispose();
        _readersStop.Dispose();
    }

    private async Task PlaceTokensAsync()
    {
        using var producer = Clients.Producer(bootstrapServers);
        foreach (var token in Enumerable.Range(0, Tokens))
        {
            var place = new Place(Ring.Topic, token % Partitions);
            var value = Ring.Value(token, 0, "placed");
            History.Add(new Sent("placer", place, value));
            var result = await producer.ProduceAsync(new TopicPartition(place.Topic, place.Partition), new Message<Null, string> { Value = value });
            History.Add(new Acknowledged("placer", place, value, result.Offset));
        }
    }

    private static Task OnThread(Action run) => Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
