using Broker;
using Confluent.Kafka;
using Conformance.Support;

namespace Conformance;

/// <summary>Clients that live through a restart of the broker on the same directory and port.</summary>
public sealed class RestartTests(TestBroker broker) : IAsyncLifetime
{
    private string _directory = "";
    private BrokerServer? _server;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(broker.LogDirectory is null, "the broker under test cannot be restarted from here");
        _directory = Directory.CreateTempSubdirectory("conformance-restart-").FullName;
        _server = await StartAsync("127.0.0.1:0");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task an_idempotent_producer_goes_on_without_losing_or_repeating()
    {
        using var producer = broker.Producer(config => config.BootstrapServers = _server!.BootstrapServers);
        await ProduceAsync(producer, 0, 100);

        await RestartAsync();
        await ProduceAsync(producer, 100, 200);

        using var consumer = broker.Consumer("reader", config => config.BootstrapServers = _server!.BootstrapServers);
        consumer.Assign(new TopicPartitionOffset("numbers", 0, Offset.Beginning));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), consumer.Take(200).Select(record => record.Message.Value));
    }

    [Fact]
    public async Task a_consumer_goes_on_and_committed_offsets_stay()
    {
        using var producer = broker.Producer(config => config.BootstrapServers = _server!.BootstrapServers);
        await ProduceAsync(producer, 0, 10);
        using var consumer = broker.Consumer("group", config => config.BootstrapServers = _server!.BootstrapServers);
        consumer.Subscribe("numbers");
        consumer.Commit(consumer.Take(10)[4]);

        await RestartAsync();
        await ProduceAsync(producer, 10, 20);

        Assert.Equal(Enumerable.Range(10, 10).Select(i => $"{i}"), consumer.Take(10).Select(record => record.Message.Value));
        var committed = consumer.Committed([new TopicPartition("numbers", 0)], TimeSpan.FromSeconds(30));
        Assert.Equal(5, committed.Single().Offset.Value);
    }

    private static Task ProduceAsync(IProducer<string?, string?> producer, int from, int to) => Task.WhenAll(
        Enumerable.Range(from, to - from).Select(i => producer.ProduceAsync("numbers", new Message<string?, string?> { Value = $"{i}" })));

    private async Task RestartAsync()
    {
        var address = _server!.BootstrapServers;
        await _server.DisposeAsync();
        _server = await StartAsync(address);
    }

    private Task<BrokerServer> StartAsync(string address) => BrokerServer.StartAsync(
        new BrokerOptions
        {
            Listeners = $"PLAINTEXT://{address}",
            LogDirs = _directory,
            GroupInitialRebalanceDelayMs = 0,
        },
        loggerFactory: SentRequests.OfThisRun);
}
