using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;

namespace Conformance;

/// <summary>What Apache Kafka answers to transactional producers that are late, replaced, or wrong, in both dialects.</summary>
public class TransactionAnswerTests(TestBroker broker)
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
    public async Task a_partition_nothing_was_written_to_gets_a_marker_too_and_an_end_without_partitions_none()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.EndAsync(Abort);
        await client.DescribeAsync();
        var before = await client.EndOffsetAsync(topic, committedOnly: false);

        await client.AddAsync(topic);
        await client.EndAsync(Commit, 3);
        await client.DescribeAsync();

        Assert.Equal(0, before);
        Assert.Equal(1, await client.EndOffsetAsync(topic, committedOnly: false));
    }

    [Theory]
    [InlineData(9, ErrorCode.InvalidTxnState)]
    [InlineData(10, ErrorCode.InvalidTxnState)]
    [InlineData(11, ErrorCode.TransactionAbortable)]
    public async Task a_partition_must_be_added_before_it_is_written_to(short version, ErrorCode error)
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();

        var outside = await client.ProduceAsync(topic, 0, version);
        await client.AddAsync(await broker.NewTopicAsync());
        var elsewhere = await client.ProduceAsync(topic, 0, version);

        Assert.Equal((error, error), (outside.ErrorCode, elsewhere.ErrorCode));
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

        Assert.Equal(error, await client.CommitOffsetAsync(TestBroker.NewName("group"), topic, 1, version));
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

    [Fact]
    public async Task an_unknown_id_cannot_be_described()
    {
        using var client = await TransactionClient.ConnectAsync(broker);

        Assert.Equal(ErrorCode.TransactionalIdNotFound, (await client.DescribeAsync()).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, (await client.DescribeAsync(id: "")).ErrorCode);
    }

    [Fact]
    public async Task transactions_are_listed_by_state_age_and_pattern()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.ProduceAsync(topic, 0);

        Assert.True(await IsListedAsync(client, new() { ProducerIdFilters = [client.ProducerId] }));
        Assert.True(await IsListedAsync(client, new() { StateFilters = ["Ongoing"] }));
        Assert.False(await IsListedAsync(client, new() { StateFilters = ["Empty"] }));
        Assert.False(await IsListedAsync(client, new() { DurationFilter = 3_600_000 }));
        Assert.True(await IsListedAsync(client, new() { DurationFilter = 0 }));
        Assert.True(await IsListedAsync(client, new() { TransactionalIdPattern = "txn-.*" }));
        Assert.False(await IsListedAsync(client, new() { TransactionalIdPattern = "txn-" }));
        var odd = await ListAsync(client, new() { StateFilters = ["Sleeping", "Dead"], TransactionalIdPattern = "" });
        Assert.Equal(["Sleeping"], odd.UnknownStateFilters);
        Assert.Equal(ErrorCode.InvalidRegularExpression, (await ListAsync(client, new() { TransactionalIdPattern = "(" })).ErrorCode);
    }

    [Fact]
    public async Task producers_are_described_with_their_open_transaction()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.ProduceAsync(topic, 0);
        var open = await DescribeProducerAsync(client, topic);
        await client.EndAsync(Commit);
        await client.DescribeAsync();
        var done = await DescribeProducerAsync(client, topic);

        Assert.Equal((0, 0, 0L), (open.ProducerEpoch, open.LastSequence, open.CurrentTxnStartOffset));
        Assert.Equal((1, -1, -1L), (done.ProducerEpoch, done.LastSequence, done.CurrentTxnStartOffset));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public async Task the_second_dialect_is_announced(short version, bool isSupported)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var answer = await client.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new() { ClientSoftwareName = "raw", ClientSoftwareVersion = "1" }, version);

        Assert.Equal(isSupported, answer.SupportedFeatures.Any(f => f is { Name: "transaction.version", MinVersion: 0, MaxVersion: 2 }));
        Assert.Contains(answer.FinalizedFeatures, f => f is { Name: "transaction.version", MinVersionLevel: 2, MaxVersionLevel: 2 });
        Assert.NotEqual(-1, answer.FinalizedFeaturesEpoch);
        Assert.Equal(3, answer.ApiKeys.Single(k => k.ApiKey == ApiKey.AddPartitionsToTxn) is { MaxVersion: var max } ? Math.Min(max, (short)3) : 0);
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

    private static Task<ListTransactionsResponse> ListAsync(TransactionClient client, ListTransactionsRequest request) =>
        client.Raw.AskAsync<ListTransactionsRequest, ListTransactionsResponse>(request, version: 2);

    private static async Task<bool> IsListedAsync(TransactionClient client, ListTransactionsRequest request) =>
        (await ListAsync(client, request)).TransactionStates.Any(t => t.TransactionalId == client.TransactionalId);

    private static async Task<DescribeProducersResponse.ProducerState> DescribeProducerAsync(TransactionClient client, string topic)
    {
        var answer = await client.Raw.AskAsync<DescribeProducersRequest, DescribeProducersResponse>(
            new() { Topics = [new() { Name = topic, PartitionIndexes = [0] }] }, version: 0);
        return Assert.Single(Assert.Single(Assert.Single(answer.Topics).Partitions).ActiveProducers);
    }
}
