using Scenarios.Driving;
using Scenarios.Judging;

namespace Scenarios;

public sealed class S03OutOfStockTests(InProcessSolution solution) : IClassFixture<InProcessSolution>
{
    [Fact]
    public async Task one_short_line_of_three_reserves_nothing_and_never_reaches_the_gateway()
    {
        using var shop = new Shop(solution);
        var stock = await shop.Stock();
        var tooMany = stock["GRINDER-ELECTRIC"].Available + 1;

        var orderId = await shop.Place("tok_ok", new("MUG-RED", 1), new("GRINDER-ELECTRIC", tooMany), new("FILTER-100", 1));
        var order = await shop.Settled(orderId);
        var evidence = await Evidence.Settle(solution, shop, stock, [orderId]);

        Assert.Equal("Rejected", order.Status);
        Assert.Empty(Invariants.Violations(evidence, [orderId]));
        var rejection = evidence.Only(orderId, "OrderRejected").Json;
        Assert.Equal("OutOfStock", rejection.GetProperty("reason").GetString());
        var shortage = Assert.Single(rejection.GetProperty("shortages").EnumerateArray());
        Assert.Equal("GRINDER-ELECTRIC", shortage.GetProperty("sku").GetString());
        Assert.Equal(tooMany, shortage.GetProperty("wanted").GetInt32());
        Assert.Equal(tooMany - 1, shortage.GetProperty("available").GetInt32());
        Assert.Equal(0, evidence.Count(orderId, "PaymentRequested"));
        Assert.DoesNotContain(await shop.Ledger(), entry => entry.OrderId == orderId);
        Assert.Equal(stock, await shop.Stock());
    }
}
