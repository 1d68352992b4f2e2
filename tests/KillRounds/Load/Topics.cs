using Confluent.Kafka.Admin;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>The topics of one stretch of rounds. Groups and transactional ids outlive it.</summary>
internal sealed class Topics(int stretch)
{
    public const int TokensPerRing = 6;
    public const int RingPartitions = 3;
    public const int NumberPartitions = 4;
    private const int OtherPartitions = 2;

    /// <summary>So small that segments are rolled, deleted and compacted within a round.</summary>
    private const string SegmentBytes = "8192";

    public string Numbers { get; } = $"numbers-{stretch}";

    /// <summary>Round it go workers of the first dialect of transactions.</summary>
    public string FirstRing { get; } = $"first-ring-{stretch}";

    /// <summary>Round it go workers of the second dialect (KIP-890).</summary>
    public string SecondRing { get; } = $"second-ring-{stretch}";

    /// <summary>Both write here within their transactions.</summary>
    public string Journal { get; } = $"journal-{stretch}";

    /// <summary>Compacted; written in transactions and outside of them.</summary>
    public string Latest { get; } = $"latest-{stretch}";

    public string Trimmed { get; } = $"trimmed-{stretch}";

    public string Newest { get; } = $"newest-{stretch}";

    private IReadOnlyList<TopicSpecification> Specifications =>
    [
        Topic(Numbers, NumberPartitions),
        Topic(FirstRing, RingPartitions),
        Topic(SecondRing, RingPartitions),
        Topic(Journal, OtherPartitions),
        Topic(Latest, OtherPartitions, ("cleanup.policy", "compact"), ("segment.bytes", SegmentBytes), ("min.cleanable.dirty.ratio", "0.01"), ("delete.retention.ms", "0")),
        Topic(Trimmed, OtherPartitions, ("segment.bytes", SegmentBytes)),
        Topic(Newest, OtherPartitions, ("segment.bytes", SegmentBytes), ("retention.bytes", SegmentBytes)),
    ];

    /// <summary>Which group keeps positions in which topic.</summary>
    public IReadOnlyList<(string Group, string Topic)> Positions =>
        [(Groups.Classic, Numbers), (Groups.Consumer, Numbers), (Groups.FirstRing, FirstRing), (Groups.SecondRing, SecondRing)];

    public IReadOnlyList<Place> Places => [.. Specifications.SelectMany(s => PlacesOf(s.Name))];

    public IReadOnlyList<Place> PlacesOf(string topic) =>
        [.. Enumerable.Range(0, Specifications.Single(s => s.Name == topic).NumPartitions).Select(p => new Place(topic, p))];

    public Place RingPlace(string ring, int number) => new(ring, number % RingPartitions);

    public Place JournalPlace(int number) => new(Journal, number % OtherPartitions);

    public Place LatestPlace(int number) => new(Latest, number % OtherPartitions);

    /// <summary>Tells a history what it has to know of them.</summary>
    public void Describe(History history)
    {
        history.Keeps[Latest] = Keeping.LatestOfKey;
        history.Keeps[Trimmed] = Keeping.UntilTrimmed;
        history.Keeps[Newest] = Keeping.Newest;
        history.RingGroups[FirstRing] = Groups.FirstRing;
        history.RingGroups[SecondRing] = Groups.SecondRing;
    }

    public async Task CreateAsync(string bootstrapServers)
    {
        using var admin = Clients.Admin(bootstrapServers);
        await admin.CreateTopicsAsync(Specifications);
    }

    public async Task DeleteAsync(string bootstrapServers)
    {
        using var admin = Clients.Admin(bootstrapServers);
        await admin.DeleteTopicsAsync(Specifications.Select(s => s.Name));
    }

    private static TopicSpecification Topic(string name, int partitions, params (string Name, string Value)[] configs) => new()
    {
        Name = name,
        NumPartitions = partitions,
        ReplicationFactor = 1,
        Configs = configs.ToDictionary(c => c.Name, c => c.Value),
    };
}
