using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;
using Broker.Tests.Support;

namespace Broker.Tests;

/// <summary>Topics whose logs cannot be made are not made, and that is what the client is told.</summary>
public sealed class TopicOnBadDiskTests
{
    private readonly MemoryDisk _memory = new();
    private readonly FaultyDisk _disk;

    public TopicOnBadDiskTests() => _disk = new FaultyDisk(_memory);

    public static TheoryData<string, int> Faults => new() { { "No space left on device", 28 }, { "Too many open files", 24 }, { "EIO", 5 } };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task a_topic_is_made_whole_or_not_at_all(string message, int error)
    {
        await using var broker = await TestBroker.StartAsync(disk: _disk);
        var client = await broker.ConnectAsync();
        FailOpening("t-1", message, error);

        Assert.Equal(ErrorCode.KafkaStorageError, (await CreateAsync(client, 3)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await client.ProduceAsync("t", Requests.Batch("a"))).ErrorCode);
        Assert.DoesNotContain(_memory.ListDirectories(broker.DirectoryPath), name => name.StartsWith("t-", StringComparison.Ordinal));

        _disk.Heal();
        Assert.Equal(ErrorCode.None, (await CreateAsync(client, 3)).ErrorCode);
        Assert.Equal(0, (await client.ProduceAsync("t", Requests.Batch("a"), partition: 1)).BaseOffset);
    }

    [Fact]
    public async Task a_topic_that_was_not_made_is_not_there_after_a_restart()
    {
        await using var broker = await TestBroker.StartAsync(disk: _disk);
        FailOpening("t-1", "EIO", 5);
        await CreateAsync(await broker.ConnectAsync(), 3);
        _disk.Heal();

        await broker.RestartAsync();

        Assert.Empty(broker.Server.Topics.All);
    }

    [Fact]
    public async Task a_topic_that_asking_for_would_make_is_a_storage_error()
    {
        await using var broker = await TestBroker.StartAsync(disk: _disk);
        var client = await broker.ConnectAsync();
        FailOpening("t-0", "No space left on device", 28);

        Assert.Equal(ErrorCode.KafkaStorageError, (await MetadataAsync(client, "t")).ErrorCode);
        _disk.Heal();

        Assert.Equal(ErrorCode.None, (await MetadataAsync(client, "t")).ErrorCode);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task partitions_that_cannot_be_made_are_not_added(string message, int error)
    {
        await using var broker = await TestBroker.StartAsync(disk: _disk);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 2);
        await client.ProduceAsync("t", Requests.Batch("a"));
        FailOpening("t-3", message, error);

        Assert.Equal(ErrorCode.KafkaStorageError, await GrowAsync(client, 5));
        Assert.Equal(2, (await MetadataAsync(client, "t")).Partitions.Count);
        _disk.Heal();
        await broker.RestartAsync();
        client = await broker.ConnectAsync();

        Assert.Equal(2, (await MetadataAsync(client, "t")).Partitions.Count);
        Assert.Equal(["0:a"], (await client.FetchAsync(Requests.Fetch("t", 0))).Records());
        Assert.Equal(ErrorCode.None, await GrowAsync(client, 5));
        Assert.Equal(0, (await client.ProduceAsync("t", Requests.Batch("b"), partition: 3)).BaseOffset);
    }

    private void FailOpening(string partition, string message, int error) => _disk.Fail(new DiskFault(
        o => o.Name == "create" && Path.GetFileName(Path.GetDirectoryName(o.Path)) == partition, new IOException(message, error))
    { IsLasting = true });

    private static async Task<CreateTopicsResponse.CreatableTopicResult> CreateAsync(KafkaClient client, int partitions) =>
        Assert.Single((await client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(
            new() { Topics = [new() { Name = "t", NumPartitions = partitions, ReplicationFactor = 1 }] }, 7)).Topics);

    private static async Task<MetadataResponse.MetadataResponseTopic> MetadataAsync(KafkaClient client, string topic) =>
        Assert.Single((await client.AskAsync<MetadataRequest, MetadataResponse>(
            new() { Topics = [new() { Name = topic }], AllowAutoTopicCreation = true }, 12)).Topics);

    private static async Task<ErrorCode> GrowAsync(KafkaClient client, int count) =>
        Assert.Single((await client.AskAsync<CreatePartitionsRequest, CreatePartitionsResponse>(
            new() { Topics = [new() { Name = "t", Count = count, Assignments = null }] }, 3)).Results).ErrorCode;
}
