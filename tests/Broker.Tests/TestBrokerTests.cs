using Broker.InProcess;
using Broker.Protocol;
using Broker.Tests.Support;
using TestBroker = Broker.Testing.TestBroker;

namespace Broker.Tests;

public sealed class TestBrokerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("broker-tests-").FullName;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task it_starts_again_on_the_same_data_and_port(bool inMemory)
    {
        await using var broker = await TestBroker.StartAsync(inMemory ? null : _directory);
        using var client = await ConnectAsync(broker);
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("1"), acks: 1);
        var address = broker.BootstrapServers;

        await broker.RestartAsync();

        Assert.Equal(address, broker.BootstrapServers);
        Assert.Equal(["0:1"], await ReadAsync(broker));
        Assert.Equal(inMemory, Directory.GetFileSystemEntries(_directory).Length == 0);
    }

    [Fact]
    public async Task a_kill_in_memory_loses_what_was_not_fsynced_and_nothing_else()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await ConnectAsync(broker);
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("durable"), acks: -1);
        await client.ProduceAsync("t", Requests.Batch("written"), acks: 1);

        await broker.KillAsync();
        Assert.False(broker.IsRunning);
        Assert.Null(await client.ReceiveFrameAsync());
        await broker.RestartAsync();

        Assert.Equal(["0:durable"], await ReadAsync(broker));
    }

    [Fact]
    public async Task a_kill_on_a_directory_leaves_it_as_a_killed_process_does()
    {
        using var log = new RecordedLog();
        await using var broker = await TestBroker.StartAsync(_directory, loggerFactory: log);
        using var client = await ConnectAsync(broker);
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("durable"), acks: -1);
        await client.ProduceAsync("t", Requests.Batch("written"), acks: 1);

        await broker.KillAsync();
        await broker.RestartAsync();

        Assert.Equal(["0:durable", "1:written"], await ReadAsync(broker));
        Assert.Contains(log.Lines, line => line.Contains("t-0 was not closed cleanly", StringComparison.Ordinal));
    }

    [Fact]
    public async Task what_waits_when_it_is_killed_is_neither_answered_nor_kept()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await ConnectAsync(broker);
        await client.CreateTopicAsync("t");
        var release = new TaskCompletionSource();
        var rule = broker.Control.On(ApiKey.Produce).HoldUntil(release.Task);
        await client.SendAsync(Requests.Produce("t", Requests.Batch("1")), Requests.ProduceVersion);
        await rule.WaitAsync();

        await broker.KillAsync();
        release.SetResult();
        rule.Dispose();

        Assert.Null(await client.ReceiveFrameAsync());
        await broker.RestartAsync();
        Assert.Empty(await ReadAsync(broker));
    }

    [Fact]
    public async Task rules_outlive_a_restart()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Control.On(ApiKey.Produce).Answer(ErrorCode.KafkaStorageError);
        await broker.Server.Admin.CreateTopicAsync("t");

        await broker.RestartAsync();

        using var client = await ConnectAsync(broker);
        Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Requests.Batch("1"))).ErrorCode);
    }

    [Fact]
    public async Task a_broker_that_is_stopped_says_so()
    {
        await using var broker = await TestBroker.StartAsync();
        var records = broker.Server.Records;

        await broker.StopAsync();
        await broker.StopAsync();
        await broker.KillAsync();

        Assert.Throws<InvalidOperationException>(() => broker.Server);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => records.ProduceAsync("t", [new NewRecord(null, [])]));
    }

    /// <summary>What a test pays for a broker, counted in what is opened and not in milliseconds.</summary>
    [Fact]
    public async Task a_first_produce_opens_one_log_and_nothing_else()
    {
        await using var broker = await TestBroker.StartAsync();
        Assert.Empty(broker.Server.DescribeTopics());

        await broker.Server.Records.ProduceAsync("t", [new NewRecord(null, [1])]);

        Assert.Single(Assert.Single(broker.Server.DescribeTopics()).Partitions);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Task<KafkaClient> ConnectAsync(TestBroker broker) =>
        KafkaClient.ConnectAsync(int.Parse(broker.BootstrapServers.Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture));

    private static async Task<string[]> ReadAsync(TestBroker broker)
    {
        using var client = await ConnectAsync(broker);
        return (await client.FetchAsync(Requests.Fetch("t", 0))).Records();
    }
}
