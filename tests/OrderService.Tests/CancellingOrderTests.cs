using System.Net;
using System.Net.Http.Json;
using Contracts;
using OrderService.Tests.Support;

namespace OrderService.Tests;

public sealed class CancellingOrderTests
{
    [Fact]
    public async Task a_submitted_order_is_cancelled_and_ten_more_cancels_get_the_same_answer()
    {
        await using var shop = await Shop.StartAsync();
        var order = await shop.Place();

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => shop.Cancel(order)));

        var answers = await Task.WhenAll(responses.Select(r => r.Content.ReadFromJsonAsync<CancelOrderAccepted>(Shop.Json)));
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(
            new CancelOrderAccepted(order, OrderStatus.Cancelled, shop.Clock.GetUtcNow(), "ada", "changed my mind"),
            Assert.Single(answers.Distinct()));
        await shop.Spy.Hears<OrderCancelled>();
        Assert.Equal(OrderStatus.Cancelled, (await shop.View(order)).Status);
        Assert.Single(shop.Spy.Of<OrderCancelled>());
    }

    [Fact]
    public async Task a_cancel_without_a_body_is_taken_as_the_customers()
    {
        await using var shop = await Shop.StartAsync();
        var order = await shop.Place();

        using var response = await shop.Http.PostAsync($"/orders/{order}/cancel", null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("customer", (await shop.Spy.Hears<OrderCancelled>()).RequestedBy);
    }

    [Fact]
    public async Task an_unknown_order_is_not_found()
    {
        await using var shop = await Shop.StartAsync();

        using var response = await shop.Cancel(Guid.NewGuid());

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task an_order_that_was_rejected_cannot_be_cancelled()
    {
        await using var shop = await Shop.StartAsync();
        var order = await shop.Place();
        await shop.Bus.Publish(new StockRejected(order, shop.Clock.GetUtcNow(), [new StockShortage("SCALE", 1, 0)]));
        await shop.Sees(order, o => o.Status == OrderStatus.Rejected);

        using var response = await shop.Cancel(order);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("Rejected", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task without_an_answer_in_time_the_service_is_unavailable()
    {
        await using var shop = await Shop.StartAsync(sagaListens: false);
        var order = await shop.Place();

        var cancelling = shop.Cancel(order);
        using var response = await Eventually.Gets(
            async () =>
            {
                shop.Clock.Advance(TimeSpan.FromSeconds(1));
                await shop.View(order);
                return cancelling.IsCompleted ? await cancelling : null;
            },
            "an answer to the cancellation");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }
}
