using Broker;
using Broker.Protocol.Messages;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MassTransit.LogTransport;

[assembly: AssemblyFixture(typeof(Conformance.Support.TestBroker))]

namespace Conformance.Support;

/// <summary>
/// The broker under test: ours, in this process, one for the whole run. With CONFORMANCE_BOOTSTRAP set the same tests run
/// against that cluster instead, which is how they were checked on Apache Kafka.
/// </summary>
public sealed class TestBroker : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("conformance-").FullName;
    private BrokerServer? _server;
    private IProducer<string?, string?>? _numbers;

    public string BootstrapServers { get; private set; } = "";

    public bool IsOurs => _server is not null;

    /// <summary>Where the log files are, or null when the broker is not ours.</summary>
    public string? LogDirectory => _server is null ? null : _directory;

    public async ValueTask InitializeAsync()
    {
        NativeClient.Load();
        if (Environment.GetEnvironmentVariable("CONFORMANCE_BOOTSTRAP") is { Length: > 0 } elsewhere)
        {
            BootstrapServers = elsewhere;
            _numbers = Producer();
            await Coordinators.ServeAsync(elsewhere);
            return;
        }

        var options = new BrokerOptions
        {
            Listeners = "PLAINTEXT://127.0.0.1:0",
            LogDirs = _directory,
            GroupInitialRebalanceDelayMs = 0,
            LogCleanerBackoffMs = 500,
            AuthorizerClassName = AccessControl.Authorizer,
            AllowEveryoneIfNoAclFound = true,
            GroupConsumerHeartbeatIntervalMs = 500,
        };
        _server = await BrokerServer.StartAsync(options, loggerFactory: SentRequests.OfThisRun);
        BootstrapServers = _server.BootstrapServers;
        _numbers = Producer();
    }

    public async ValueTask DisposeAsync()
    {
        _numbers?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public IProducer<string?, string?> Producer(Action<ProducerConfig>? configure = null)
    {
        var config = new ProducerConfig { BootstrapServers = BootstrapServers, EnableIdempotence = true, LingerMs = 5 };
        configure?.Invoke(config);
        return new ProducerBuilder<string?, string?>(config)
            .SetKeySerializer(NullableUtf8.Instance).SetValueSerializer(NullableUtf8.Instance)
            .SetLogHandler((_, _) => { }).Build();
    }

    public IConsumer<string?, string?> Consumer(string group, Action<ConsumerConfig>? configure = null) =>
        ConsumerBuilder(group, configure).Build();

    public ConsumerBuilder<string?, string?> ConsumerBuilder(string group, Action<ConsumerConfig>? configure = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = BootstrapServers,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            SessionTimeoutMs = 10_000,
            HeartbeatIntervalMs = 500,
        };
        configure?.Invoke(config);
        return new ConsumerBuilder<string?, string?>(config)
            .SetKeyDeserializer(NullableUtf8.Instance).SetValueDeserializer(NullableUtf8.Instance)
            .SetLogHandler((_, _) => { });
    }

    public IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).SetLogHandler((_, _) => { }).Build();

    /// <summary>A topic nobody else uses.</summary>
    public async Task<string> NewTopicAsync(int partitions = 1, Dictionary<string, string>? configs = null)
    {
        var name = NewName("topic");
        using var admin = Admin();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = 1, Configs = configs ?? [] }]);
        await ServesAsync(name, partitions);
        return name;
    }

    /// <summary>Returns when every partition answers: Apache Kafka answers when a topic is stored, a moment before it serves it.</summary>
    public async Task ServesAsync(string topic, int partitions = 1)
    {
        using var client = await RawClient.ConnectAsync(BootstrapServers);
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = topic, Partitions = [.. Enumerable.Range(0, partitions).Select(p => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = p, Timestamp = -1 })] }],
        };
        await Polling.HoldsAsync(
            async () => (await client.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(request, 7)).Topics[0].Partitions
                .All(p => p.ErrorCode == Broker.Protocol.ErrorCode.None),
            $"{topic} is served",
            atOnce: IsOurs);
    }

    /// <summary>Returns when nobody finds the topic any more, which on Apache Kafka is a moment after the answer.</summary>
    public async Task ForgetsAsync(string topic)
    {
        using var client = await RawClient.ConnectAsync(BootstrapServers);
        var request = new MetadataRequest { Topics = [new() { Name = topic }], AllowAutoTopicCreation = false };
        await Polling.HoldsAsync(
            async () => (await client.AskAsync<MetadataRequest, MetadataResponse>(request, 9)).Topics[0].ErrorCode
                == Broker.Protocol.ErrorCode.UnknownTopicOrPartition,
            $"{topic} is gone",
            atOnce: IsOurs);
    }

    /// <summary>Produces values 0, 1, 2, … to one partition.</summary>
    public async Task ProduceNumbersAsync(string topic, int count, int partition = 0)
    {
        await Task.WhenAll(Enumerable.Range(0, count).Select(i =>
            _numbers!.ProduceAsync(new TopicPartition(topic, partition), new Message<string?, string?> { Key = $"key-{i}", Value = $"{i}" })));
    }

    public static string NewName(string kind) => $"{kind}-{Guid.NewGuid():N}";
}
