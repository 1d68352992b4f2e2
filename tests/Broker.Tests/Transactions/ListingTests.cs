using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;
using Broker.Tests.Transactions.Support;

namespace Broker.Tests.Transactions;

public sealed class ListingTests
{
    [Theory]
    [InlineData("a{1001}")]
    [InlineData("(a{100}){100}")]
    [InlineData("((((a{0,99}){0,99}){0,99}){0,99}){0,99}")]
    [InlineData("a{99999999999999999999}")]
    [InlineData("(a+)+(?=b)")]
    [InlineData("a(")]
    public async Task a_pattern_that_costs_more_than_a_look_at_each_character_is_refused(string pattern)
    {
        await using var broker = await TestBroker.StartAsync(o => o.TransactionStateLogNumPartitions = 1);
        var client = await broker.ConnectAsync();
        await client.InitTransactionsAsync(new string('a', 60));

        Assert.Equal(ErrorCode.InvalidRegularExpression, (await ListAsync(client, pattern)).ErrorCode);
    }

    [Theory]
    [InlineData("orders-.*", "orders-1 orders-2")]
    [InlineData("(?P<kind>bills|orders)-1", "orders-1")]
    [InlineData("orders", "")]
    [InlineData("", "orders-1 orders-2")]
    public async Task ids_are_listed_that_match_as_a_whole(string pattern, string expected)
    {
        await using var broker = await TestBroker.StartAsync(o => o.TransactionStateLogNumPartitions = 1);
        var client = await broker.ConnectAsync();
        await client.InitTransactionsAsync("orders-1");
        await client.InitTransactionsAsync("orders-2");

        var listed = await ListAsync(client, pattern);

        Assert.Equal((ErrorCode.None, expected), (listed.ErrorCode, string.Join(' ', listed.TransactionStates.Select(t => t.TransactionalId).Order(StringComparer.Ordinal))));
    }

    private static Task<ListTransactionsResponse> ListAsync(KafkaClient client, string pattern) =>
        client.AskAsync<ListTransactionsRequest, ListTransactionsResponse>(new() { TransactionalIdPattern = pattern }, 2);
}
