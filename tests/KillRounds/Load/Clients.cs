using Confluent.Kafka;

namespace KillRounds.Load;

/// <summary>Clients that come back quickly after a kill and never give up before the test does.</summary>
internal static class Clients
{
    public static IProducer<Null, string> Producer(string bootstrapServers, Action<ProducerConfig>? configure = null)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
            LingerMs = 0,
            ReconnectBackoffMs = 10,
            ReconnectBackoffMaxMs = 100,
            // librdkafka 2.16 gives up a broker object that a transaction call still waits on when all brokers are down; that call
            // then never returns, whatever its timeout.
            MetadataRecoveryStrategy = MetadataRecoveryStrategy.None,
        };
        configure?.Invoke(config);
        return new ProducerBuilder<Null, string>(config).SetLogHandler((_, _) => { }).Build();
    }

    public static ConsumerBuilder<Ignore, string> Consumer(string bootstrapServers, string group, Action<ConsumerConfig>? configure = null)
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
            SessionTimeoutMs = 6_000,
            HeartbeatIntervalMs = 200,
        };
        configure?.Invoke(config);
        return new ConsumerBuilder<Ignore, string>(config).SetLogHandler((_, _) => { });
    }
}
