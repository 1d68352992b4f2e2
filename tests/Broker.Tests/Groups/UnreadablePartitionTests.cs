using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Tests.Groups.Support;
using Broker.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Groups;

/// <summary>What groups make of a partition of the offsets topic that is not what was written.</summary>
public sealed class UnreadablePartitionTests
{
    private const short CommitVersion = 8;
    private const short FetchVersion = 8;

    /// <summary>In the first batch: a record, its length, its format, and the offset that no CRC covers.</summary>
    [Theory]
    [InlineData(RecordBatchHeader.Size + 20)]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(3)]
    public async Task a_damaged_batch_takes_the_groups_of_its_partition_offline_and_no_others(int position)
    {
        await using var broker = await TestBroker.StartAsync(o => o.OffsetsTopicNumPartitions = 2);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        foreach (var group in new[] { GroupIn(0), GroupIn(1) })
        {
            Assert.Equal(ErrorCode.None, await CommitAsync(client, group, 5));
            Assert.Equal(ErrorCode.None, await CommitAsync(client, group, 6));
        }

        await broker.Server.StopAsync();
        broker.Spoil("__consumer_offsets-0", position);
        await broker.RestartAsync();
        client = await broker.ConnectAsync();

        Assert.Equal((ErrorCode.CoordinatorNotAvailable, -1), await CommittedAsync(client, GroupIn(0)));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await CommitAsync(client, GroupIn(0), 7));
        var joined = await client.AskAsync<JoinGroupRequest, JoinGroupResponse>(
            new() { GroupId = GroupIn(0), SessionTimeoutMs = 10_000, RebalanceTimeoutMs = 10_000, ProtocolType = "consumer", Protocols = [new() { Name = "range" }] }, 9);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, joined.ErrorCode);
        Assert.Equal((ErrorCode.None, 6), await CommittedAsync(client, GroupIn(1)));
        Assert.Equal(ErrorCode.None, await CommitAsync(client, GroupIn(1), 7));
        Assert.Single(broker.Log.Lines, l => l.StartsWith("Error: Partition 0 of the offsets topic cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public void a_value_of_a_newer_version_takes_the_partition_offline()
    {
        var log = new MemoryOffsetsLog();
        log.Append(Partition("g"), GroupBatch.Write([Committed("g", 5)], 0, null, int.MaxValue)!);
        log.Store(Partition("g"), Batch(GroupRecordFormat.Key(Committed("g", 6)), [0, 5, 1, 2, 3]));
        using var runner = Load(log, out var lines);

        Assert.False(runner.IsOnline("g"));
        Assert.False(runner.TryRun("g", (_, _) => { }));
        Assert.Throws<IOException>(() => runner.EndTransaction(Partition("g"), new TransactionalProducer(1, 0), commit: true, coordinatorEpoch: 0));
        Assert.Contains(lines.Lines, l => l.Contains("a newer broker wrote it", StringComparison.Ordinal));
    }

    [Fact]
    public void a_record_of_a_kind_that_is_not_known_is_passed_over()
    {
        var log = new MemoryOffsetsLog();
        log.Append(Partition("g"), GroupBatch.Write([Committed("g", 5)], 0, null, int.MaxValue)!);
        log.Store(Partition("g"), Batch([0, 99, 0, 1, (byte)'g'], [0, 0]));
        using var runner = Load(log, out var lines);

        var committed = -1L;
        Assert.True(runner.TryRun("g", (group, _) => committed = group.Offsets[new("t", 0)].Offset));
        Assert.Equal(5, committed);
        Assert.Single(lines.Lines, l => l.StartsWith("Warning: 1 records in partition", StringComparison.Ordinal));
    }

    private static GroupRunner Load(MemoryOffsetsLog log, out RecordedLog lines)
    {
        lines = new RecordedLog();
        var runner = new GroupRunner(log, GroupScenario.Settings, new TestTopics(), new FakeTimeProvider(), lines);
        runner.Load(_ => false);
        return runner;
    }

    private static int Partition(string group) => OffsetsTopic.PartitionFor(group, new MemoryOffsetsLog().PartitionCount);

    private static OffsetRecord Committed(string group, long offset) => new(group, new("t", 0), new CommittedOffset(offset, -1, "", 0));

    private static byte[] Batch(byte[] key, byte[] value) => new RecordBatchBuilder().Add(0, key, value).Build();

    private static string GroupIn(int partition) =>
        Enumerable.Range(0, 100).Select(i => $"g{i}").First(name => OffsetsTopic.PartitionFor(name, 2) == partition);

    private static async Task<ErrorCode> CommitAsync(KafkaClient client, string group, long offset) =>
        (await client.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new() { GroupId = group, Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = offset }] }] }, CommitVersion)).Topics[0].Partitions[0].ErrorCode;

    private static async Task<(ErrorCode Error, long Offset)> CommittedAsync(KafkaClient client, string group)
    {
        var answer = Assert.Single((await client.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
            new() { Groups = [new() { GroupId = group, Topics = [new() { Name = "t", PartitionIndexes = [0] }] }] }, FetchVersion)).Groups);
        return (answer.ErrorCode, answer.ErrorCode == ErrorCode.None ? answer.Topics[0].Partitions[0].CommittedOffset : -1);
    }
}
