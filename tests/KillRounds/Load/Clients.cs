using Confluent.Kafka;

namespace KillRounds.Load;

/// <summary>Clients that come back quickly after a kill and never give up before the test does.</summary>
internal static class Clients
{
    /// <summary>
    /// When all brokers are down librdkafka 2.16 by default begins again from its bootstrap servers, and gives up broker objects that it
    /// still waits on: then a transactional call never returns, whatever its timeout, and a consumer never finds its coordinator.
    /// </summary>
    private const MetadataRecoveryStrategy Recovery = MetadataRecoveryStrategy.None;

    public static IProducer<string?, string?> Producer(string bootstrapServers, Action<ProducerConfig>? configure = null)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
            LingerMs = 0,
            ReconnectBackoffMs = 10,
            ReconnectBackoffMaxMs = 100,
            MetadataRecoveryStrategy = Recovery,
        };
        configure?.Invoke(config);
        return new ProducerBuilder<string?, string?>(config).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>Also ends what an earlier producer of that transactional id left open, once it is initialized.</summary>
    public static IProducer<string?, string?> TransactionalProducer(string bootstrapServers, string id) => Producer(bootstrapServers, c =>
    {
        c.TransactionalId = id;
        c.TransactionTimeoutMs = 10_000;
    });

    public static IAdminClient Admin(string bootstrapServers) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers, MetadataRecoveryStrategy = Recovery }).SetLogHandler((_, _) => { }).Build();

    /// <summary>A member of a group, which has to know its position.</summary>
    public static ConsumerBuilder<Ignore, string?> Member(string bootstrapServers, string group, Action<ConsumerConfig>? configure = null) => Consumer(bootstrapServers, group, c =>
    {
        c.AutoOffsetReset = AutoOffsetReset.Error;
        configure?.Invoke(c);
    });

    /// <summary>The client thinks that the log has lost its position, whatever caused it.</summary>
    public static bool HasLostItsPosition(KafkaException e) => e.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.Local_LogTruncation;

    public static ConsumerBuilder<Ignore, string?> Consumer(string bootstrapServers, string group, Action<ConsumerConfig>? configure = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
            ReconnectBackoffMs = 10,
            ReconnectBackoffMaxMs = 100,
            MetadataRecoveryStrategy = Recovery,
        };
        configure?.Invoke(config);
        // In the consumer protocol the broker says how often.
        if (config.GroupProtocol != GroupProtocol.Consumer)
            (config.SessionTimeoutMs, config.HeartbeatIntervalMs) = (2_500, 200);
        return new ConsumerBuilder<Ignore, string?>(config).SetLogHandler((_, _) => { });
    }
}
