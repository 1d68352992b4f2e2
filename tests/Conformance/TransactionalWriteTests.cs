using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;

namespace Conformance;

/// <summary>What Apache Kafka lets into a transaction, and what its readers see of it.</summary>
public class TransactionalWriteTests(TestBroker broker)
{
    private const bool Commit = true;
    private const bool Abort = false;

    [Theory]
    [InlineData(9, ErrorCode.InvalidTxnState)]
    [InlineData(10, ErrorCode.InvalidTxnState)]
    [InlineData(11, ErrorCode.TransactionAbortable)]
    public async Task a_partition_must_be_added_before_it_is_written_to(short version, ErrorCode error)
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();

        await AnswersAsync(error, async () => (await client.ProduceAsync(topic, 0, version)).ErrorCode);
        await client.AddAsync(await broker.NewTopicAsync());
        await AnswersAsync(error, async () => (await client.ProduceAsync(topic, 0, version)).ErrorCode);

        Assert.Equal(0, await client.EndOffsetAsync(topic, committedOnly: false));
    }

    [Fact]
    public async Task the_second_dialect_adds_a_partition_by_writing_to_it()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        var (id, epoch) = (client.ProducerId, client.Epoch);

        Assert.Equal(ErrorCode.None, (await client.ProduceAsync(topic, 0)).ErrorCode);
        var open = await client.DescribeAsync();
        var stable = await client.EndOffsetAsync(topic, committedOnly: true);
        Assert.Equal(ErrorCode.None, await client.EndAsync(Commit));

        Assert.Equal("Ongoing", open.TransactionState);
        Assert.Equal(topic, Assert.Single(open.Topics).Topic);
        Assert.Equal(0, stable);
        Assert.Equal((id, epoch + 1), (client.ProducerId, client.Epoch));
        var done = await client.DescribeAsync();
        Assert.Equal(("CompleteCommit", client.Epoch), (done.TransactionState, done.ProducerEpoch));
        Assert.Empty(done.Topics);
        Assert.Equal(2, await client.EndOffsetAsync(topic, committedOnly: true));
    }

    [Fact]
    public async Task the_second_dialect_numbers_every_transaction_from_zero()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();

        var early = await client.ProduceAsync(topic, 3);
        await client.ProduceAsync(topic, 0);
        await client.EndAsync(Commit);
        var next = await client.ProduceAsync(topic, 1);
        var right = await client.ProduceAsync(topic, 0);

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, early.ErrorCode);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, next.ErrorCode);
        Assert.Equal((ErrorCode.None, 2L), (right.ErrorCode, right.BaseOffset));
    }

    [Fact]
    public async Task batches_speak_for_themselves_whatever_the_request_says()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        using var other = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await other.InitAsync();
        await client.AddAsync(topic);

        var withoutId = await client.ProduceAsync(topic, 0, version: 9, transactionalId: null);
        var underAnotherId = await client.ProduceAsync(topic, 0, version: 9, transactionalId: other.TransactionalId);
        var inside = await client.ProduceAsync(topic, 0, version: 9);
        var plain = await client.ProduceAsync(topic, 1, version: 9, isTransactional: false);

        Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, withoutId.ErrorCode);
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, underAnotherId.ErrorCode);
        Assert.Equal(ErrorCode.None, inside.ErrorCode);
        Assert.Equal(ErrorCode.InvalidTxnState, plain.ErrorCode);
    }

    [Fact]
    public async Task one_partition_that_does_not_exist_keeps_the_others_out()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();

        var answer = await client.Raw.AskAsync<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>(
            new()
            {
                TransactionalId = client.TransactionalId,
                ProducerId = client.ProducerId,
                ProducerEpoch = client.Epoch,
                Topics = [new() { Name = topic, Partitions = [0, 7] }],
            },
            version: 3);

        Assert.Equal(
            [(0, ErrorCode.OperationNotAttempted), (7, ErrorCode.UnknownTopicOrPartition)],
            answer.ResultsByTopic[0].ResultsByPartition.Select(r => (r.PartitionIndex, r.PartitionErrorCode)).Order());
        Assert.Equal("Empty", (await client.DescribeAsync()).TransactionState);
    }

    [Theory]
    [InlineData(3, ErrorCode.InvalidTxnState)]
    [InlineData(4, ErrorCode.TransactionAbortable)]
    [InlineData(5, ErrorCode.None)]
    public async Task offsets_need_their_group_in_the_transaction_until_the_second_dialect_adds_it(short version, ErrorCode error)
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();

        await AnswersAsync(error, () => client.CommitOffsetAsync(TestBroker.NewName("group"), topic, 1, version));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task an_offset_in_an_open_transaction_is_unstable_for_whoever_asks_for_stable_ones(bool commits)
    {
        var topic = await broker.NewTopicAsync();
        var group = TestBroker.NewName("group");
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.CommitOffsetAsync(group, topic, 4);
        await client.EndAsync(commit: true);
        await client.DescribeAsync();

        await client.CommitOffsetAsync(group, topic, 7);
        var stable = await client.FetchOffsetAsync(group, topic, stable: true);
        var any = await client.FetchOffsetAsync(group, topic, stable: false);
        await client.EndAsync(commits);
        await client.DescribeAsync();
        var ended = await client.FetchOffsetAsync(group, topic, stable: true);

        Assert.Equal((ErrorCode.UnstableOffsetCommit, -1), stable);
        Assert.Equal((ErrorCode.None, 4), any);
        Assert.Equal((ErrorCode.None, commits ? 7 : 4), ended);
    }

    [Fact]
    public async Task read_committed_stops_at_the_first_open_transaction_and_is_told_what_was_aborted()
    {
        var topic = await broker.NewTopicAsync();
        using var aborting = await TransactionClient.ConnectAsync(broker);
        using var open = await TransactionClient.ConnectAsync(broker);
        await aborting.InitAsync();
        await open.InitAsync();
        await aborting.ProduceAsync(topic, 0);
        var abortedId = aborting.ProducerId;
        await aborting.EndAsync(Abort);
        await aborting.DescribeAsync();
        await open.ProduceAsync(topic, 0);
        await aborting.ProduceAsync(topic, 0);

        var committed = await aborting.FetchAsync(topic, 0, committedOnly: true);
        var all = await aborting.FetchAsync(topic, 0, committedOnly: false);
        var behind = await aborting.FetchAsync(topic, 2, committedOnly: true);

        Assert.Equal((4L, 2L), (committed.HighWatermark, committed.LastStableOffset));
        Assert.Equal((4L, 2L), (all.HighWatermark, all.LastStableOffset));
        Assert.Equal([(abortedId, 0L)], committed.AbortedTransactions!.Select(a => (a.ProducerId, a.FirstOffset)));
        Assert.Null(all.AbortedTransactions);
        Assert.True(committed.Records.Length < all.Records.Length);
        Assert.Equal((0, 0), (behind.Records.Length, behind.AbortedTransactions!.Count));
        Assert.Equal(2, await open.EndOffsetAsync(topic, committedOnly: true));
        Assert.Equal(4, await open.EndOffsetAsync(topic, committedOnly: false));
    }

    [Fact]
    public async Task a_search_by_time_finds_nothing_unstable_under_read_committed()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.ProduceAsync(topic, 0);

        Assert.Equal(-1, await client.EndOffsetAsync(topic, committedOnly: true, timestamp: 1));
        Assert.Equal(0, await client.EndOffsetAsync(topic, committedOnly: false, timestamp: 1));
    }

    /// <summary>
    /// Apache Kafka verifies for all producers of a moment in one request, and says no to all of them as the first understands it:
    /// beside a producer of version 11 one of version 9 gets TRANSACTION_ABORTABLE. Nothing was written, so it may be asked again.
    /// </summary>
    private async Task AnswersAsync(ErrorCode error, Func<Task<ErrorCode>> ask)
    {
        if (broker.IsOurs)
            Assert.Equal(error, await ask());
        else
            await Polling.HoldsAsync(async () => await ask() == error, $"the answer is {error}");
    }
}
