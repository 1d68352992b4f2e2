using Confluent.Kafka;
using KillRounds.Checking;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>All clients of one stretch at once, on threads of their own where their calls block.</summary>
internal sealed class Traffic(string bootstrapServers, int stretch, Random random)
{
    public const int MembersPerGroup = 2;

    private static readonly string[] FirstWorkers = ["first-a", "first-b"];

    private readonly Topics _topics = new(stretch);
    private readonly CancellationTokenSource _writersStop = new();
    private readonly CancellationTokenSource _readersStop = new();
    private readonly List<Task> _writers = [];
    private readonly List<Task> _readers = [];

    public History History { get; } = new();

    public Progress Progress { get; } = new();

    /// <summary>Something of ours has failed, not the broker's promises: ends with its exception.</summary>
    public Task Failed => Task.WhenAny(_writers.Concat(_readers)).Unwrap();

    public async Task StartAsync()
    {
        _topics.Describe(History);
        await _topics.CreateAsync(bootstrapServers);
        await PlaceTokensAsync();
        await new Beginnings(bootstrapServers, _topics, History, Progress).KeepAsync();

        var ring = _topics.PlacesOf(_topics.SecondRing);
        _writers.AddRange(
        [
            new NumberWriter("writer", bootstrapServers, _topics, History, Progress).RunAsync(_writersStop.Token),
            new PipelinedWriter("pipelined", bootstrapServers, _topics, History, Progress).RunAsync(_writersStop.Token),
            new UpkeepWriter("upkeep", bootstrapServers, _topics, Dice(), History, Progress).RunAsync(_writersStop.Token),
            new SecondDialectWorker("second-a", [ring[0]], bootstrapServers, _topics, Dice(), History, Progress).RunAsync(_writersStop.Token),
            new SecondDialectWorker("second-b", [.. ring.Skip(1)], bootstrapServers, _topics, Dice(), History, Progress).RunAsync(_writersStop.Token),
            new Trimmer("trimmer", bootstrapServers, _topics, Dice(), History, Progress).RunAsync(_writersStop.Token),
        ]);
        foreach (var name in FirstWorkers)
        {
            var worker = new FirstDialectWorker(name, bootstrapServers, _topics, Dice(), History, Progress);
            _writers.Add(OnThread(() => worker.Run(_writersStop.Token)));
        }

        foreach (var (name, group, protocol) in Members())
        {
            var reader = new NumberReader(name, group, protocol, bootstrapServers, _topics, Dice(), History, Progress);
            _readers.Add(OnThread(() => reader.Run(_writersStop.Token, _readersStop.Token)));
        }

        foreach (var isolation in new[] { IsolationLevel.ReadCommitted, IsolationLevel.ReadUncommitted })
            _readers.Add(OnThread(() => Tail.Follow(bootstrapServers, _topics.Places, isolation, History, _readersStop.Token)));
        _readers.Add(new Onlooker(bootstrapServers, _topics, History, Progress).RunAsync(_readersStop.Token));
    }

    /// <summary>Ends the clients, the writing ones first, and reads the logs whole.</summary>
    public async Task FinishAsync()
    {
        await _writersStop.CancelAsync();
        await Task.WhenAll(_writers);
        foreach (var name in FirstWorkers)
        {
            using var successor = Clients.TransactionalProducer(bootstrapServers, name);
            successor.InitTransactions(TimeSpan.FromSeconds(60));
        }

        await Progress.CatchUpAsync(Groups.Classic, Groups.Consumer);
        await _readersStop.CancelAsync();
        await Task.WhenAll(_readers);
        History.Log = Tail.ReadAll(bootstrapServers, _topics.Places, IsolationLevel.ReadUncommitted);
        History.CommittedLog = Tail.ReadAll(bootstrapServers, _topics.Places, IsolationLevel.ReadCommitted);
        // Last, so that what retention still took before counts as taken.
        await new Onlooker(bootstrapServers, _topics, History, Progress).LookAsync();
        _writersStop.Dispose();
        _readersStop.Dispose();
    }

    private static IEnumerable<(string Name, string Group, GroupProtocol Protocol)> Members() =>
        from number in Enumerable.Range(1, MembersPerGroup)
        from member in new[] { ($"classic-{number}", Groups.Classic, GroupProtocol.Classic), ($"consumer-{number}", Groups.Consumer, GroupProtocol.Consumer) }
        select member;

    private async Task PlaceTokensAsync()
    {
        using var producer = Clients.Producer(bootstrapServers);
        foreach (var (ring, token) in from ring in new[] { _topics.FirstRing, _topics.SecondRing } from token in Enumerable.Range(0, Topics.TokensPerRing) select (ring, token))
        {
            var place = _topics.RingPlace(ring, token);
            var value = Ring.Value(token, 0, $"placed in {ring}");
            History.Add(new Sent("placer", place, value));
            var result = await producer.ProduceAsync(new TopicPartition(place.Topic, place.Partition), new Message<string?, string?> { Value = value });
            History.Add(new Acknowledged("placer", place, value, result.Offset));
        }
    }

    private Random Dice() => new(random.Next());

    private static Task OnThread(Action run) => Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
