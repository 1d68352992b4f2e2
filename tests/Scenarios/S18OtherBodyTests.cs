using System.Net;
using Scenarios.Driving;
using Scenarios.Judging;

namespace Scenarios;

public sealed class S18OtherBodyTests(InProcessSolution solution) : IClassFixture<InProcessSolution>
{
    [Fact]
    public async Task the_same_key_with_another_body_is_refused_and_writes_nothing()
    {
        using var shop = new Shop(solution);
        var stock = await shop.Stock();
        var key = Guid.CreateVersion7().ToString();
        var (_, first) = await Answer(shop, key, [new OrderLine("MUG-RED", 1)]);
        var orderId = System.Text.Json.JsonDocument.Parse(first).RootElement.GetProperty("orderId").GetGuid();

        var (status, problem) = await Answer(shop, key, [new OrderLine("MUG-RED", 2)]);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("idempotency key", problem);
        await shop.Settled(orderId);
        var evidence = await Evidence.Settle(solution, shop, stock, [orderId]);
        Assert.Equal([orderId], evidence.Facts.Where(record => record.Type == "OrderSubmitted" && record.Body.Contains("MUG-RED")).Select(record => record.OrderId));
    }

    private static async Task<(HttpStatusCode Status, string Body)> Answer(Shop shop, string key, OrderLine[] lines)
    {
        using var response = await shop.Post(key, "tok_ok", lines);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
