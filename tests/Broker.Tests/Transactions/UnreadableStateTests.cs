using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Tests.Support;
using Broker.Tests.Transactions.Support;
using Broker.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Transactions;

/// <summary>What transactions make of a partition of their state that is not what was written.</summary>
public sealed class UnreadableStateTests
{
    [Theory]
    [InlineData(RecordBatchHeader.Size + 20)]
    [InlineData(9)]
    public async Task a_damaged_batch_takes_the_ids_of_its_partition_offline_and_nothing_of_them_is_aborted(int position)
    {
        await using var broker = await TestBroker.StartAsync(o => o.TransactionStateLogNumPartitions = 2);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var lost = await client.InitTransactionsAsync(IdIn(0));
        var other = await client.InitTransactionsAsync(IdIn(1));
        Assert.Equal(ErrorCode.None, await client.WriteAsync(IdIn(0), lost, "t", "a"));

        await broker.Server.StopAsync();
        broker.Spoil("__transaction_state-0", position);
        await broker.RestartAsync();
        client = await broker.ConnectAsync();

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await InitAsync(client, IdIn(0)));
        Assert.Equal(ErrorCode.NotEnoughReplicas, await client.WriteAsync(IdIn(0), lost, "t", "b", sequence: 1));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await EndAsync(client, IdIn(0), lost));
        var described = await client.AskAsync<DescribeTransactionsRequest, DescribeTransactionsResponse>(new() { TransactionalIds = [IdIn(0), IdIn(1)] }, 0);
        Assert.Equal([ErrorCode.CoordinatorNotAvailable, ErrorCode.None], described.TransactionStates.Select(t => t.ErrorCode));
        var listed = await client.AskAsync<ListTransactionsRequest, ListTransactionsResponse>(new(), 0);
        Assert.Equal((ErrorCode.CoordinatorNotAvailable, IdIn(1)), (listed.ErrorCode, Assert.Single(listed.TransactionStates).TransactionalId));

        // The other id is served, and the transaction of the lost one is neither committed nor aborted.
        Assert.Equal(ErrorCode.None, await client.WriteAsync(IdIn(1), other, "t", "c"));
        await client.EndTransactionAsync(IdIn(1), other, commit: true);
        Assert.Equal(0, broker.Server.Topics.FindPartition("t", 0)!.Log!.LastStableOffset);
        Assert.Single(broker.Log.Lines, l => l.StartsWith("Error: Partition 0 of the transaction state cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task an_id_whose_partition_is_offline_is_sent_away_to_come_back()
    {
        await using var scenario = await CoordinatorScenario.StartAsync(new MemoryStateLog { IsOffline = true });

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await scenario.Coordinator.AddPartitionsAsync("t", new(1, 0), [CoordinatorScenario.One]));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await scenario.EndAsync(new(1, 0), commit: true)).Error);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await scenario.Coordinator.InitAsync("t", 1000, null)).Error);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, scenario.Coordinator.Table.Describe("t").ErrorCode);
        Assert.Empty(scenario.Coordinator.Table.All);
    }

    [Fact]
    public void a_state_of_a_newer_version_takes_its_partition_offline_and_a_record_of_another_kind_does_not()
    {
        var lines = new RecordedLog();
        var log = new MemoryStateLog();
        log.Append(0, TransactionBatch.Write("t", new TransactionState { ProducerId = 1 }, 0));
        log.Append(0, new RecordBatchBuilder().Add(0, [0, 7, 0, 1, (byte)'t'], [0, 0]).Build());
        var table = new TransactionTable(log, new FakeTimeProvider(), lines);
        table.Load();
        Assert.True(table.IsOnline("t") && table.TryFind("t", out _));
        Assert.Single(lines.Lines, l => l.StartsWith("Warning: 1 records in partition 0", StringComparison.Ordinal));

        log.Append(0, new RecordBatchBuilder().Add(0, TransactionRecordFormat.Key("u"), [0, 2, 1]).Build());
        table = new TransactionTable(log, new FakeTimeProvider(), lines);
        table.Load();

        Assert.False(table.IsOnline("t") || table.IsComplete || table.TryFind("t", out _));
        Assert.Contains(lines.Lines, l => l.Contains("a newer broker wrote it", StringComparison.Ordinal));
    }

    private static string IdIn(int partition) => Enumerable.Range(0, 100).Select(i => $"id{i}").First(name => OffsetsTopic.PartitionFor(name, 2) == partition);

    private static async Task<ErrorCode> InitAsync(KafkaClient client, string id) =>
        (await client.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(new() { TransactionalId = id, TransactionTimeoutMs = 60_000 }, 5)).ErrorCode;

    private static async Task<ErrorCode> EndAsync(KafkaClient client, string id, TransactionalProducer producer) =>
        (await client.AskAsync<EndTxnRequest, EndTxnResponse>(
            new() { TransactionalId = id, ProducerId = producer.Id, ProducerEpoch = producer.Epoch, Committed = true }, 5)).ErrorCode;
}
