using Broker.Protocol;
using Conformance.Support;

namespace Conformance;

/// <summary>How a transaction ends: what Apache Kafka answers to EndTxn in both dialects, once, again, and too early.</summary>
public class TransactionEndTests(TestBroker broker)
{
    private const bool Commit = true;
    private const bool Abort = false;

    [Fact]
    public async Task a_transaction_nothing_was_begun_in_cannot_be_ended_in_the_first_dialect()
    {
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();

        Assert.Equal(ErrorCode.InvalidTxnState, await client.EndAsync(Commit, 3));
        Assert.Equal(ErrorCode.InvalidTxnState, await client.EndAsync(Abort, 3));
    }

    [Fact]
    public async Task a_transaction_nothing_was_begun_in_can_be_aborted_in_the_second_dialect()
    {
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();

        Assert.Equal(ErrorCode.InvalidTxnState, await client.EndAsync(Commit));
        Assert.Equal(ErrorCode.None, await client.EndAsync(Abort));
        Assert.Equal(1, client.Epoch);
        Assert.Equal("CompleteAbort", (await client.DescribeAsync()).TransactionState);
    }

    [Fact]
    public async Task a_partition_nothing_was_written_to_gets_a_marker_too()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();

        await client.AddAsync(topic);
        await client.EndAsync(Commit, 3);
        await client.DescribeAsync();

        Assert.Equal(1, await client.EndOffsetAsync(topic, committedOnly: false));
    }

    [Fact]
    public async Task an_end_without_partitions_writes_no_marker_to_those_of_the_transaction_before()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.ProduceAsync(topic, 0);
        await client.EndAsync(Commit);
        await client.DescribeAsync();

        Assert.Equal(ErrorCode.None, await client.EndAsync(Abort));
        await client.DescribeAsync();

        Assert.Equal(2, await client.EndOffsetAsync(topic, committedOnly: false));
    }

    [Fact]
    public async Task an_end_that_comes_again_is_answered_again_in_the_first_dialect()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.AddAsync(topic);
        await client.ProduceAsync(topic, 0, version: 9);

        Assert.Equal(ErrorCode.None, await client.EndAsync(Commit, 3));
        Assert.Equal(ErrorCode.None, await client.EndAsync(Commit, 3));
        Assert.Equal(ErrorCode.InvalidTxnState, await client.EndAsync(Abort, 3));
    }

    [Fact]
    public async Task an_end_that_comes_again_is_answered_again_in_the_second_dialect()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.ProduceAsync(topic, 0);

        var first = await client.AskEndAsync(Commit);
        var again = await client.AskEndAsync(Commit);
        var other = await client.AskEndAsync(Abort);

        Assert.Equal((ErrorCode.None, first.ProducerId, first.ProducerEpoch), (again.ErrorCode, again.ProducerId, again.ProducerEpoch));
        Assert.Equal(ErrorCode.InvalidTxnState, other.ErrorCode);
    }

    [Fact]
    public async Task a_commit_with_the_new_epoch_is_one_of_nothing()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.ProduceAsync(topic, 0);
        await client.EndAsync(Commit);

        Assert.Equal(ErrorCode.InvalidTxnState, await client.EndAsync(Commit));
        Assert.Equal(ErrorCode.None, await client.EndAsync(Abort));
        Assert.Equal(2, client.Epoch);
    }
}
