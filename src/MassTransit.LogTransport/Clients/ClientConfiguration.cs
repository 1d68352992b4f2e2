using Confluent.Kafka;
using MassTransit.LogTransport.Configuration;

namespace MassTransit.LogTransport.Clients;

/// <summary>The properties of the native clients: ours, then what the configuration adds.</summary>
internal static class ClientConfiguration
{
    /// <summary>What a member cannot set where the broker decides it; the client refuses to start with them.</summary>
    private static readonly HashSet<string> OfClassicProtocol = new(StringComparer.Ordinal) { "session.timeout.ms", "heartbeat.interval.ms", "group.protocol.type" };

    private const int StickyMs = 10;
    private const int MinSetupMs = 1000;
    private const int DefaultSetupMs = 30_000;

    public static ProducerConfig Producer(LogHostSettings settings) => Producer(settings, lingerMs: 0);

    private static ProducerConfig Producer(LogHostSettings settings, double lingerMs)
    {
        var config = new ProducerConfig
        {
            EnableIdempotence = true,
            Acks = Acks.All,
            Partitioner = Partitioner.Murmur2Random,
            MessageTimeoutMs = Milliseconds(settings.DeliveryTimeout),
            // Records are gathered before they get here: those that are to go together come together.
            LingerMs = lingerMs,
            // Derived from the linger by default, so none: what has no key would be a request for each partition.
            StickyPartitioningLingerMs = StickyMs,
            EnableDeliveryReports = true,
            DeliveryReportFields = "none",
        };

        Apply(config, settings, settings.Application, settings.ProducerSettings);

        return config;
    }

    /// <summary>A consumer that may commit for a group but is no member of it.</summary>
    public static ConsumerConfig Consumer(LogHostSettings settings, string group, string clientId)
    {
        var config = Reader(group);
        Apply(config, settings, clientId, settings.ConsumerSettings);

        return config;
    }

    /// <summary>A member of a group.</summary>
    public static ConsumerConfig Member(LogHostSettings settings, string group, string clientId)
    {
        var config = Reader(group);

        if (settings.UsesConsumerProtocol)
        {
            config.GroupProtocol = GroupProtocol.Consumer;
            config.PartitionAssignmentStrategy = null;
        }

        Apply(config, settings, clientId, settings.ConsumerSettings);

        return config;
    }

    private static ConsumerConfig Reader(string group)
    {
        return new ConsumerConfig
        {
            GroupId = group,
            EnableAutoCommit = true,
            AutoCommitIntervalMs = 1000,
            EnableAutoOffsetStore = false,
            // The client's default; the exactly-once of endpoints that use transactions rests on it, also when a partition changes hands.
            IsolationLevel = IsolationLevel.ReadCommitted,
            // The chosen start is committed before the first read; a partition without a commit is a new one.
            AutoOffsetReset = AutoOffsetReset.Earliest,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            EnablePartitionEof = false,
            AllowAutoCreateTopics = false,
            TopicMetadataRefreshIntervalMs = 30_000,
            // A partition that has so many waiting is left out of the fetch which is under way, and waits for its end, half a second where the others are at theirs.
            QueuedMinMessages = 10_000,
            QueuedMaxMessagesKbytes = 16 * 1024,
            // How soon the client fetches again once what it holds fell below the two. By default it lets a second pass, and slow handlers would run dry meanwhile.
            FetchQueueBackoffMs = 10,
        };
    }

    /// <summary>Reads the schedule's topic: from positions of its own, told when it has reached the end, and only what transactions have committed.</summary>
    public static ConsumerConfig ScheduleReader(LogHostSettings settings)
    {
        var config = Member(settings, settings.ScheduleTopic, $"{settings.Application}-scheduler");

        config.EnableAutoCommit = false;
        config.EnablePartitionEof = true;

        return config;
    }

    /// <summary>Writes in transactions, each short enough that what a dead process left open is soon out of the readers' way.</summary>
    public static ProducerConfig TransactionalProducer(LogHostSettings settings, string transactionalId, TimeSpan limit)
    {
        // Nobody gathers its records, and its commit waits for no linger.
        var config = Producer(settings, lingerMs: 1);

        config.TransactionalId = transactionalId;
        config.TransactionTimeoutMs = Milliseconds(limit);
        config.MessageTimeoutMs = Milliseconds(limit);
        // The client otherwise forgets its brokers in an outage and then waits without end for the group's coordinator, which it knows by the broker it forgot.
        config.MetadataRecoveryStrategy = MetadataRecoveryStrategy.None;

        return config;
    }

    private static void Apply(ClientConfig config, LogHostSettings settings, string clientId, IReadOnlyDictionary<string, string> own)
    {
        config.BootstrapServers = settings.BootstrapServers;
        config.ClientId = clientId;
        config.SocketNagleDisable = true;
        config.ReconnectBackoffMs = 50;
        config.ReconnectBackoffMaxMs = 1000;
        // So that the client has said what it waits for before whoever waits for the client gives up, and health can tell it.
        config.SocketConnectionSetupTimeoutMs = Math.Clamp(Milliseconds(settings.ConnectionTimeout / 2), MinSetupMs, DefaultSetupMs);

        var isOfConsumerProtocol = config is ConsumerConfig { GroupProtocol: GroupProtocol.Consumer };

        foreach (var (name, value) in settings.ClientSettings.Concat(own))
        {
            if (!isOfConsumerProtocol || !OfClassicProtocol.Contains(name))
                config.Set(name, value);
        }
    }

    private static int Milliseconds(TimeSpan time) => (int)Math.Min(time.TotalMilliseconds, int.MaxValue);
}
