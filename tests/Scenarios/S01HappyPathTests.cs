using Scenarios.Driving;
using Scenarios.Judging;

namespace Scenarios;

public sealed class S01HappyPathTests(InProcessSolution solution) : IClassFixture<InProcessSolution>
{
    [Fact]
    public async Task an_order_of_three_lines_is_confirmed_and_told_in_three_milestones()
    {
        using var shop = new Shop(solution);
        var stock = await shop.Stock();

        var orderId = await shop.Place("tok_ok", new("MUG-BLUE", 2), new("BEAN-250", 1), new("SCALE", 1));
        var order = await shop.Settled(orderId);
        var evidence = await Evidence.Settle(solution, shop, stock, [orderId]);

        Assert.Equal("Confirmed", order.Status);
        Assert.Equal((2 * 1200) + 890 + 5900, order.TotalMinor);
        Assert.Empty(Invariants.Violations(evidence, [orderId]));
        Assert.Equal(
            ["OrderSubmitted", "OrderAwaitingPayment", "OrderConfirmed", "OrderSettled"],
            evidence.ByOrder[orderId].Where(record => record.Topic == "orders").OrderBy(record => record.Offset).Select(record => record.Type));
        Assert.Single(evidence.ByOrder[orderId].Where(record => record.Topic != "order-notifications").Select(record => record.Partition).Distinct());
        Assert.All(evidence.ByOrder[orderId].Where(record => record.Topic != "order-notifications"), record => Assert.Equal(orderId.ToString(), record.Key));
        Assert.Equal(["OrderSubmitted"], evidence.ByOrder[orderId].Where(record => record.Headers.ContainsKey("idempotency-key")).Select(record => record.Type));
        Assert.Equal(["OrderSubmitted"], evidence.ByOrder[orderId].Where(record => record.Headers.ContainsKey("message-version")).Select(record => record.Type));
        Assert.Equal(3, (await shop.Notifications(orderId)).Count);
    }
}
