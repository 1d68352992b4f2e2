using Broker.Protocol;
using Conformance.Support;

namespace Conformance;

/// <summary>Who may speak for a transactional id: what Apache Kafka answers to producers that are new, replaced, late or wrong.</summary>
public class TransactionalIdTests(TestBroker broker)
{
    private const bool Commit = true;
    private const bool Abort = false;

    [Fact]
    public async Task every_initialization_raises_the_epoch_and_keeps_the_id()
    {
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        var (id, epoch) = (client.ProducerId, client.Epoch);

        await client.InitAsync();

        Assert.Equal(0, epoch);
        Assert.Equal((id, 1), (client.ProducerId, client.Epoch));
    }

    [Theory]
    [InlineData(0, ErrorCode.InvalidTransactionTimeout)]
    [InlineData(-1, ErrorCode.InvalidTransactionTimeout)]
    [InlineData(900_001, ErrorCode.InvalidTransactionTimeout)]
    [InlineData(900_000, ErrorCode.None)]
    public async Task a_timeout_is_above_zero_and_at_most_the_brokers(int timeoutMs, ErrorCode error)
    {
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();

        Assert.Equal(error, (await client.AskInitAsync(timeoutMs)).ErrorCode);
    }

    [Fact]
    public async Task an_empty_id_and_half_an_identity_are_refused()
    {
        using var client = await TransactionClient.ConnectAsync(broker);

        Assert.Equal(ErrorCode.InvalidRequest, (await client.AskInitAsync(id: "")).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, (await client.AskInitAsync(producerId: 5)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, (await client.AskInitAsync(epoch: 5)).ErrorCode);
    }

    [Fact]
    public async Task a_producer_goes_on_with_its_id_and_epoch_and_may_ask_twice_but_not_after_another()
    {
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        var (id, epoch) = (client.ProducerId, client.Epoch);

        var first = await client.AskInitAsync(producerId: id, epoch: epoch);
        var again = await client.AskInitAsync(producerId: id, epoch: epoch);
        await client.InitAsync();
        var fenced = await client.AskInitAsync(producerId: id, epoch: epoch);
        var fencedBefore4 = await client.AskInitAsync(producerId: id, epoch: epoch, version: 3);

        Assert.Equal((ErrorCode.None, id, (short)(epoch + 1)), (first.ErrorCode, first.ProducerId, first.ProducerEpoch));
        Assert.Equal((ErrorCode.None, id, (short)(epoch + 1)), (again.ErrorCode, again.ProducerId, again.ProducerEpoch));
        Assert.Equal((ErrorCode.ProducerFenced, -1L, (short)-1), (fenced.ErrorCode, fenced.ProducerId, fenced.ProducerEpoch));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, fencedBefore4.ErrorCode);
    }

    [Fact]
    public async Task an_open_transaction_is_aborted_before_the_next_producer_gets_its_epoch()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.AddAsync(topic);
        await client.ProduceAsync(topic, 0, version: 9);

        var first = await client.AskInitAsync();
        var oldEpoch = client.Epoch;
        await client.InitAsync();

        Assert.Equal(ErrorCode.ConcurrentTransactions, first.ErrorCode);
        Assert.Equal(oldEpoch + 2, client.Epoch);
        Assert.Equal(2, await client.EndOffsetAsync(topic, committedOnly: true));
        Assert.Single((await client.FetchAsync(topic, 0, committedOnly: true)).AbortedTransactions!);
    }

    [Theory]
    [InlineData(1, ErrorCode.InvalidProducerEpoch)]
    [InlineData(2, ErrorCode.ProducerFenced)]
    [InlineData(3, ErrorCode.ProducerFenced)]
    public async Task a_replaced_producer_is_fenced_by_every_request(short version, ErrorCode fenced)
    {
        var topic = await broker.NewTopicAsync();
        var group = TestBroker.NewName("group");
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        var epoch = client.Epoch;
        await client.InitAsync();
        client.Epoch = epoch;

        Assert.Equal(fenced, await client.AddAsync(topic, version: version));
        Assert.Equal(fenced, await client.AddOffsetsAsync(group, version));
        Assert.Equal(fenced, await client.EndAsync(Commit, version));
    }

    [Fact]
    public async Task a_replaced_producer_of_the_second_dialect_is_fenced_too()
    {
        var topic = await broker.NewTopicAsync();
        var group = TestBroker.NewName("group");
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        var epoch = client.Epoch;
        await client.InitAsync();
        await client.InitAsync();
        client.Epoch = epoch;

        Assert.Equal(ErrorCode.ProducerFenced, await client.EndAsync(Abort));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, (await client.ProduceAsync(topic, 0)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, await client.CommitOffsetAsync(group, topic, 1));
    }

    [Fact]
    public async Task an_unknown_id_or_somebody_elses_producer_id_has_no_mapping()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        (client.ProducerId, client.Epoch) = (1_000_000, 0);

        var unknown = (await client.AddAsync(topic), await client.EndAsync(Commit, 3), await client.EndAsync(Commit), (await client.ProduceAsync(topic, 0)).ErrorCode);
        await client.InitAsync();
        client.ProducerId++;
        var wrong = (await client.AddAsync(topic), await client.EndAsync(Commit, 3), await client.EndAsync(Commit), (await client.ProduceAsync(topic, 0)).ErrorCode);

        const ErrorCode None = ErrorCode.InvalidProducerIdMapping;
        Assert.Equal((None, None, None, None), unknown);
        Assert.Equal((None, None, None, None), wrong);
    }

    /// <summary>Kafka looks for timed out transactions every ten seconds.</summary>
    [Fact]
    public async Task a_transaction_that_takes_too_long_is_aborted_and_its_producer_fenced()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync();
        using var first = await TransactionClient.ConnectAsync(broker);
        using var second = await TransactionClient.ConnectAsync(broker);
        await first.InitAsync(timeoutMs: 500);
        await second.InitAsync(timeoutMs: 500);
        await first.AddAsync(topic);
        await first.ProduceAsync(topic, 0, version: 9);
        await second.ProduceAsync(topic, 0);
        while ((await first.DescribeAsync()).TransactionState == "Ongoing" || (await second.DescribeAsync()).TransactionState == "Ongoing")
        {
        }

        var described = await first.DescribeAsync();
        Assert.Equal(("CompleteAbort", (short)(first.Epoch + 1)), (described.TransactionState, described.ProducerEpoch));
        Assert.Equal(ErrorCode.ProducerFenced, await first.EndAsync(Commit, 3));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, await first.EndAsync(Commit, 1));
        Assert.Equal(ErrorCode.ProducerFenced, await first.AddAsync(topic));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, (await first.ProduceAsync(topic, 1, version: 9)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidTxnState, await second.EndAsync(Commit));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, (await second.ProduceAsync(topic, 1)).ErrorCode);
        Assert.Equal(4, await first.EndOffsetAsync(topic, committedOnly: true));
        Assert.Equal((short)(second.Epoch + 1), (await second.DescribeAsync()).ProducerEpoch);
        foreach (var slow in (TransactionClient[])[first, second])
        {
            var recovered = await slow.AskInitAsync(producerId: slow.ProducerId, epoch: slow.Epoch);
            Assert.Equal((ErrorCode.None, (short)(slow.Epoch + 1)), (recovered.ErrorCode, recovered.ProducerEpoch));
        }
    }
}
