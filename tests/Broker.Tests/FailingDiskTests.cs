using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;
using Broker.Tests.Support;
using Broker.Tests.Transactions.Support;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests;

/// <summary>What clients see of a disk that does not do its part: KAFKA_STORAGE_ERROR where something had to be written, and all else as ever.</summary>
public sealed class FailingDiskTests
{
    private readonly FaultyDisk _disk = new(new MemoryDisk());
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddSeconds(2));

    [Fact]
    public async Task without_room_produce_is_refused_and_taken_again_when_there_is_some()
    {
        await using var broker = await StartAsync();
        var client = await FilledAsync(broker);
        _disk.Fail(Growing("t-0", DiskFaults.NoSpace()));

        Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Requests.Batch("refused"))).ErrorCode);
        Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Requests.Batch("refused"), acks: 1)).ErrorCode);
        await AllElseGoesOnAsync(broker, client);
        _disk.Heal();

        Assert.Equal(20, (await client.ProduceAsync("t", Requests.Batch("taken"))).BaseOffset);
        Assert.Equal(["20:taken"], (await client.FetchAsync(Requests.Fetch("t", 20))).Records());
    }

    [Fact]
    public async Task after_a_failed_fsync_produce_is_refused_until_the_next_start()
    {
        await using var broker = await StartAsync();
        var client = await FilledAsync(broker);
        _disk.Fail(new DiskFault(o => o.Name == "flush" && o.Suffix == ".log" && o.Path.Contains("t-0", StringComparison.Ordinal), new IOException("EIO", 5)));

        Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Requests.Batch("unknown"))).ErrorCode);
        Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Requests.Batch("refused"))).ErrorCode);
        await AllElseGoesOnAsync(broker, client);

        await broker.RestartAsync();
        client = await broker.ConnectAsync();
        Assert.Equal(21, (await client.ProduceAsync("t", Requests.Batch("taken"))).BaseOffset);
    }

    [Fact]
    public async Task a_topic_on_a_failed_disk_can_be_deleted()
    {
        await using var broker = await StartAsync();
        var client = await FilledAsync(broker);
        _disk.Fail(new DiskFault(o => o.Name == "flush" && o.Suffix == ".log", new IOException("EIO", 5)));
        Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Requests.Batch("unknown"))).ErrorCode);

        Assert.Equal(ErrorCode.None, await DeleteAsync(client, "t"));
        await client.CreateTopicAsync("t");

        Assert.Equal(0, (await client.ProduceAsync("t", Requests.Batch("taken"))).BaseOffset);
    }

    /// <summary>Of no file left to open, and of no room, nothing is to be told apart here: 24 is EMFILE.</summary>
    [Fact]
    public async Task partitions_that_could_not_be_opened_for_want_of_files_are_opened_as_soon_as_they_can_be()
    {
        await using var broker = await StartAsync();
        var client = await FilledAsync(broker);
        Assert.Equal(ErrorCode.None, await CommitAsync(client, 7));
        await client.CreateTopicAsync("gone");
        Assert.Equal(ErrorCode.None, await CommitAsync(client, 8, "gone"));
        var producer = await client.InitTransactionsAsync("id");
        Assert.Equal(ErrorCode.None, await client.WriteAsync("id", producer, "t", "a"));
        await broker.Server.StopAsync();
        _disk.Fail(new DiskFault(o => o.Name == "read" && o.Path.EndsWith("log.checkpoint", StringComparison.Ordinal), new IOException("Too many open files", 24)) { IsLasting = true });
        await broker.StartAgainAsync();
        client = await broker.ConnectAsync();

        Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Requests.Batch("b"))).ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await CommitAsync(client, 9));
        Assert.Equal(ErrorCode.NotEnoughReplicas, await client.WriteAsync("id", producer, "t", "b", sequence: 1));
        Assert.Equal(ErrorCode.None, await DeleteAsync(client, "gone"));
        _disk.Heal();
        await client.CreateTopicAsync("gone");
        while (broker.Log.Lines.Count(l => l.EndsWith("is online: its log could be opened.", StringComparison.Ordinal)) < 4)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        while (await CommittedAsync(client, "t") is var (error, _) && error == ErrorCode.CoordinatorNotAvailable)
            await Task.Yield();
        Assert.Equal((ErrorCode.None, 7), await CommittedAsync(client, "t"));
        Assert.Equal((ErrorCode.None, -1), await CommittedAsync(client, "gone"));
        Assert.Equal(21, (await client.ProduceAsync("t", Requests.Batch("b"))).BaseOffset);
        ErrorCode written;
        while ((written = await client.WriteAsync("id", producer, "t", "c", sequence: 1)) == ErrorCode.NotEnoughReplicas)
            await Task.Yield();
        Assert.Equal(ErrorCode.None, written);
        await client.EndTransactionAsync("id", producer, commit: true);
        Assert.Equal(["a", "b", "c"], (await client.ReadCommittedAsync("t"))[^3..]);
    }

    private Task<TestBroker> StartAsync() => TestBroker.StartAsync(
        o =>
        {
            (o.OffsetsTopicNumPartitions, o.TransactionStateLogNumPartitions) = (1, 1);
            o.ConnectionsMaxIdleMs = -1;
        },
        _time,
        _disk);

    /// <summary>Twenty records in segments of three, by a clock that does not stand still for retention.</summary>
    private static async Task<KafkaClient> FilledAsync(TestBroker broker)
    {
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("segment.bytes", "1024"), ("retention.ms", "-1"));
        await client.CreateTopicAsync("other");
        await client.ProduceAsync("other", Requests.Batch("a"));
        for (var i = 0; i < 20; i++)
            Assert.Equal(i, (await client.ProduceAsync("t", Requests.Batch(new string('x', 200)))).BaseOffset);
        return client;
    }

    private async Task AllElseGoesOnAsync(TestBroker broker, KafkaClient client)
    {
        Assert.Equal("0", (await client.FetchAsync(Requests.Fetch("t", 0))).Records()[0].Split(':')[0]);
        Assert.Equal(1, (await client.ProduceAsync("other", Requests.Batch("b"))).BaseOffset);

        var deleted = (await client.AskAsync<DeleteRecordsRequest, DeleteRecordsResponse>(Requests.DeleteRecords("t", 2), 2)).Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.None, 2), (deleted.ErrorCode, deleted.LowWatermark));
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await client.FetchAsync(Requests.Fetch("t", 1))).ErrorCode);

        await SetRetentionAsync(client, "60000");
        var log = broker.Server.Topics.FindPartition("t", 0)!.Log!;
        while (log.SegmentCount > 1)
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            await client.FetchAsync(Requests.Fetch("t", log.LogStartOffset));
        }

        await SetRetentionAsync(client, "-1");
        Assert.Equal(ErrorCode.None, await DeleteAsync(client, "other"));
    }

    private static DiskFault Growing(string partition, IOException exception) => new(
        o => o.Path.Contains(partition, StringComparison.Ordinal) && (o.Name == "create" || (o.Name is "write" or "cut" && o.Bytes > 0)), exception)
    { IsLasting = true };

    private static async Task SetRetentionAsync(KafkaClient client, string value)
    {
        var request = new IncrementalAlterConfigsRequest
        {
            Resources = [new() { ResourceType = 2, ResourceName = "t", Configs = [new() { Name = "retention.ms", ConfigOperation = 0, Value = value }] }],
        };
        Assert.Equal(ErrorCode.None, (await client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(request, 1)).Responses[0].ErrorCode);
    }

    private static async Task<ErrorCode> DeleteAsync(KafkaClient client, string topic) =>
        Assert.Single((await client.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new() { TopicNames = [topic] }, 5)).Responses).ErrorCode;

    private static async Task<ErrorCode> CommitAsync(KafkaClient client, long offset, string topic = "t") =>
        (await client.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new() { GroupId = "g", Topics = [new() { Name = topic, Partitions = [new() { CommittedOffset = offset }] }] }, 8)).Topics[0].Partitions[0].ErrorCode;

    private static async Task<(ErrorCode Error, long Offset)> CommittedAsync(KafkaClient client, string topic)
    {
        var group = Assert.Single((await client.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
            new() { Groups = [new() { GroupId = "g", Topics = [new() { Name = topic, PartitionIndexes = [0] }] }] }, 8)).Groups);
        return (group.ErrorCode, group.ErrorCode == ErrorCode.None ? group.Topics[0].Partitions[0].CommittedOffset : -1);
    }
}
