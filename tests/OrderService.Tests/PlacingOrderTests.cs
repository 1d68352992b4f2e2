using System.Net;
using System.Net.Http.Json;
using Contracts;
using Microsoft.AspNetCore.Mvc;
using OrderService.Tests.Support;

namespace OrderService.Tests;

public sealed class PlacingOrderTests : IAsyncLifetime
{
    private Shop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await Shop.StartAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task an_order_is_accepted_stored_and_announced()
    {
        using var response = await _shop.Post(Shop.AnOrder(), "key-1");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var accepted = (await response.Content.ReadFromJsonAsync<OrderAccepted>(Shop.Json))!;
        Assert.Equal((OrderStatus.Submitted, Shop.AnOrdersTotal, "EUR"), (accepted.Status, accepted.TotalMinor, accepted.Currency));
        Assert.Equal($"/orders/{accepted.OrderId}", response.Headers.Location!.OriginalString);

        var submitted = await _shop.Spy.Hears<OrderSubmitted>();
        Assert.Equal(
            (accepted.OrderId, "ada", Shop.AnOrdersTotal, "EUR", "tok_ok", "web"),
            (submitted.OrderId, submitted.CustomerId, submitted.TotalMinor, submitted.Currency, submitted.PaymentToken, submitted.Channel));
        Assert.Equal([new OrderLine("MUG-RED", 2, 1200), new OrderLine("SCALE", 1, 5900)], submitted.Lines);
        var heard = _shop.Spy.All.Single(h => h.Message is OrderSubmitted);
        Assert.Equal((1, "key-1"), (heard.AggregateVersion, heard.IdempotencyKey));

        var view = await _shop.View(accepted.OrderId);
        Assert.Equal((OrderStatus.Submitted, Settlement.Open, OrderWait.Stock), (view.Status, view.Settlement, view.WaitingFor));
        Assert.Equal(_shop.Clock.GetUtcNow().AddSeconds(60), view.Deadline);
    }

    [Fact]
    public async Task the_rehearsal_at_start_leaves_nothing_behind() => Assert.Equal((0, 0, 0), await _shop.Rows());

    public static TheoryData<string, string> BadOrders => new()
    {
        { """{"customerId":"ada","paymentToken":"tok_ok","lines":[]}""", "lines" },
        { """{"customerId":"ada","paymentToken":"tok_ok"}""", "lines" },
        { """{"customerId":"ada","paymentToken":"tok_ok","lines":[null]}""", "lines[0].sku" },
        { """{"customerId":"ada","paymentToken":"tok_ok","lines":[{"sku":"MUG-RED","quantity":0}]}""", "lines[0].quantity" },
        { """{"customerId":"ada","paymentToken":"tok_ok","lines":[{"sku":"MUG-RED","quantity":-3}]}""", "lines[0].quantity" },
        { """{"customerId":"ada","paymentToken":"tok_ok","lines":[{"sku":"MUG-RED"}]}""", "lines[0].quantity" },
        { """{"customerId":"ada","paymentToken":"tok_ok","lines":[{"sku":"MUG-RED","quantity":1},{"sku":"MUG-RED","quantity":1}]}""", "MUG-RED" },
        { """{"paymentToken":"tok_ok","lines":[{"sku":"MUG-RED","quantity":1}]}""", "customerId" },
        { """{"customerId":"ada","lines":[{"sku":"MUG-RED","quantity":1}]}""", "paymentToken" },
        { """{"customerId":"ada","paymentToken":"tok_ok","lines":[{"sku":"MUG-RED","quantity":1.5}]}""", "quantity" },
        { """{"customerId":"ada",""", "JSON" },
        { "", "body" },
    };

    [Theory]
    [MemberData(nameof(BadOrders))]
    public async Task a_bad_order_is_refused_with_the_reason_and_nothing_is_written(string json, string reason)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = new StringContent(json, mediaType: new("application/json")) };
        request.Headers.Add("Idempotency-Key", "key");

        using var response = await _shop.Http.SendAsync(request);

        await IsProblem(response, HttpStatusCode.BadRequest, reason);
        Assert.Equal((0, 0, 0), await _shop.Rows());
    }

    [Fact]
    public async Task an_unknown_sku_is_refused_by_name_and_nothing_is_written()
    {
        using var response = await _shop.Post(
            new { customerId = "ada", paymentToken = "tok_ok", lines = new[] { new { sku = "MUG-RED", quantity = 1 }, new { sku = "UNICORN", quantity = 1 } } },
            "key");

        await IsProblem(response, HttpStatusCode.UnprocessableEntity, "UNICORN");
        Assert.Equal((0, 0, 0), await _shop.Rows());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public async Task a_missing_idempotency_key_is_refused_and_nothing_is_written(string? key)
    {
        using var response = await _shop.Post(Shop.AnOrder(), key);

        await IsProblem(response, HttpStatusCode.BadRequest, "Idempotency-Key");
        Assert.Equal((0, 0, 0), await _shop.Rows());
    }

    [Fact]
    public async Task the_same_key_and_order_is_answered_as_before()
    {
        using var first = await _shop.Post(Shop.AnOrder(), "key");
        _shop.Clock.Advance(TimeSpan.FromSeconds(1));

        using var second = await _shop.Post(Shop.AnOrder(), "key");

        Assert.Equal(first.StatusCode, second.StatusCode);
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(1, (await _shop.Rows()).Orders);
    }

    [Fact]
    public async Task the_same_key_with_another_order_is_refused_and_nothing_is_written()
    {
        using var first = await _shop.Post(Shop.AnOrder(), "key");

        using var second = await _shop.Post(Shop.AnOrder("tok_declined"), "key");

        await IsProblem(second, HttpStatusCode.UnprocessableEntity, "'key'");
        Assert.Equal(1, (await _shop.Rows()).Orders);
    }

    [Fact]
    public async Task twenty_posts_at_once_under_one_key_make_one_order()
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _shop.Post(Shop.AnOrder(), "key")));

        var bodies = await Task.WhenAll(responses.Select(r => r.Content.ReadAsStringAsync()));
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.Accepted, response.StatusCode));
        Assert.Single(bodies.Distinct());
        var (orders, records, _) = await _shop.Rows();
        Assert.Equal((1, 1), (orders, records));

        await _shop.Place();
        await _shop.Spy.Hears<OrderSubmitted>(m => m.OrderId != IdIn(bodies[0]));
        Assert.Equal(2, _shop.Spy.Of<OrderSubmitted>().Count);
    }

    private static Guid IdIn(string body) => System.Text.Json.JsonSerializer.Deserialize<OrderAccepted>(body, Shop.Json)!.OrderId;

    private static async Task IsProblem(HttpResponseMessage response, HttpStatusCode status, string reason)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(reason, (await response.Content.ReadFromJsonAsync<ProblemDetails>())!.Detail);
    }
}
