using Scenarios.Driving;
using Scenarios.Judging;

namespace Scenarios;

public sealed class S02PaymentDeclinedTests(InProcessSolution solution) : IClassFixture<InProcessSolution>
{
    [Fact]
    public async Task a_declined_card_rejects_the_order_gives_the_stock_back_and_is_not_tried_again()
    {
        using var shop = new Shop(solution);
        var stock = await shop.Stock();

        var orderId = await shop.Place("tok_declined", new OrderLine("POT-MOKA", 1));
        var order = await shop.Settled(orderId);
        var evidence = await Evidence.Settle(solution, shop, stock, [orderId]);

        Assert.Equal("Rejected", order.Status);
        Assert.Empty(Invariants.Violations(evidence, [orderId]));
        Assert.Equal("PaymentDeclined", evidence.Only(orderId, "OrderRejected").Json.GetProperty("reason").GetString());
        Assert.Equal(1, evidence.Only(orderId, "PaymentDeclined").Json.GetProperty("attempts").GetInt32());
        Assert.Equal(1, evidence.Count(orderId, "StockReleased"));
        Assert.Equal(stock["POT-MOKA"], (await shop.Stock())["POT-MOKA"]);
    }
}
