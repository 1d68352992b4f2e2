using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;

namespace Conformance;

/// <summary>What Apache Kafka tells operators of transactions, and clients of its dialects.</summary>
public class TransactionViewTests(TestBroker broker)
{
    private const bool Commit = true;

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
        Assert.Contains(answer.ApiKeys, k => k is { ApiKey: ApiKey.AddPartitionsToTxn, MinVersion: 0, MaxVersion: >= 3 });
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
