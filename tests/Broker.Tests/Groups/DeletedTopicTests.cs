using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;
using Broker.Tests.Support;

namespace Broker.Tests.Groups;

/// <summary>What groups had committed for a topic goes with it, and never with the next topic of the same name.</summary>
public sealed class DeletedTopicTests
{
    private readonly FaultyDisk _disk = new(new MemoryDisk());

    [Fact]
    public async Task a_topic_is_made_again_only_when_every_group_has_forgotten_the_old_one()
    {
        await using var broker = await StartAsync();
        var (client, topics) = (await broker.ConnectAsync(), broker.Server.Topics);
        await client.CreateTopicAsync("t");
        Assert.Equal(ErrorCode.None, await CommitAsync(client, 5));
        var (forget, began, goOn) = (topics.ForgetName, new TaskCompletionSource(), new TaskCompletionSource());
        topics.ForgetName = async name =>
        {
            began.TrySetResult();
            await goOn.Task;
            await forget(name);
        };

        var deleting = (await broker.ConnectAsync()).AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new() { TopicNames = ["t"] }, 5);
        await began.Task;
        var creating = topics.CreateAsync("t", 1, new Dictionary<string, string?>());
        Assert.False(creating.IsCompleted);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await CommitAsync(client, 6));
        goOn.SetResult();
        await creating;

        Assert.Equal(-1, await CommittedAsync(client));
        Assert.Equal(ErrorCode.None, await CommitAsync(client, 7));
        Assert.Equal(ErrorCode.None, Assert.Single((await deleting).Responses).ErrorCode);
        Assert.Equal(7, await CommittedAsync(client));
    }

    [Fact]
    public async Task what_could_not_be_forgotten_with_a_topic_is_forgotten_before_the_next_of_its_name()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        Assert.Equal(ErrorCode.None, await CommitAsync(client, 5));
        _disk.Fail(new DiskFault(o => o.Name == "write" && o.Path.Contains("__consumer_offsets-0", StringComparison.Ordinal), DiskFaults.NoSpace()) { IsLasting = true });

        var deleted = await client.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new() { TopicNames = ["t"] }, 5);
        Assert.Equal(ErrorCode.None, Assert.Single(deleted.Responses).ErrorCode);
        Assert.Equal(ErrorCode.KafkaStorageError, await CreateAsync(client));
        _disk.Heal();
        Assert.Equal(ErrorCode.None, await CreateAsync(client));

        Assert.Equal(-1, await CommittedAsync(client));
        Assert.Contains(broker.Log.Lines, l => l.StartsWith("Error: Not every group could forget what it had committed for t", StringComparison.Ordinal));
    }

    private Task<TestBroker> StartAsync() => TestBroker.StartAsync(o => o.OffsetsTopicNumPartitions = 1, disk: _disk);

    private static async Task<ErrorCode> CreateAsync(KafkaClient client) =>
        Assert.Single((await client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(new() { Topics = [new() { Name = "t", NumPartitions = 1, ReplicationFactor = 1 }] }, 7)).Topics).ErrorCode;

    private static async Task<ErrorCode> CommitAsync(KafkaClient client, long offset) =>
        (await client.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new() { GroupId = "g", Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = offset }] }] }, 8)).Topics[0].Partitions[0].ErrorCode;

    private static async Task<long> CommittedAsync(KafkaClient client) =>
        Assert.Single((await client.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
            new() { Groups = [new() { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0] }] }] }, 8)).Groups).Topics[0].Partitions[0].CommittedOffset;
}
