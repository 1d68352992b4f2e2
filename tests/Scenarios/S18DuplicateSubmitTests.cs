using System.Net;
using Scenarios.Driving;
using Scenarios.Judging;

namespace Scenarios;

public sealed class S18DuplicateSubmitTests(InProcessSolution solution) : IClassFixture<InProcessSolution>
{
    [Fact]
    public async Task twenty_parallel_posts_under_one_key_make_one_order_and_get_one_answer()
    {
        using var shop = new Shop(solution);
        var stock = await shop.Stock();
        var key = Guid.CreateVersion7().ToString();
        OrderLine[] lines = [new("KETTLE-1L", 1)];

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Answer(shop, key, lines)));
        var (status, body) = Assert.Single(answers.Distinct());
        Assert.Equal(HttpStatusCode.Accepted, status);
        var orderId = System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("orderId").GetGuid();
        await shop.Settled(orderId);
        var evidence = await Evidence.Settle(solution, shop, stock, [orderId]);

        Assert.Empty(Invariants.Violations(evidence, [orderId]));
        Assert.Equal((status, body), await Answer(shop, key, lines));
    }

    private static async Task<(HttpStatusCode Status, string Body)> Answer(Shop shop, string key, OrderLine[] lines)
    {
        using var response = await shop.Post(key, "tok_ok", lines);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
