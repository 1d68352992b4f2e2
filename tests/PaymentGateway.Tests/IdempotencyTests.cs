using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Mvc;

namespace PaymentGateway.Tests;

public sealed class IdempotencyTests : GatewayTest
{
    [Fact]
    public async Task the_same_key_and_body_is_answered_as_before_and_done_once()
    {
        var order = Order.PaidWith("tok_ok");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Gateway.Answer(Gateway.Authorize(order))));

        Assert.Single(answers.Distinct());
        Assert.Single((await Gateway.Ledger()).Entries);
    }

    [Fact]
    public async Task the_same_key_with_another_body_is_refused()
    {
        var order = Order.PaidWith("tok_ok");
        await Gateway.Answer(Gateway.Authorize(order, "key"));

        using var response = await Gateway.Authorize(order with { AmountMinor = 1 }, "key");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("another request", (await response.Content.ReadFromJsonAsync<ProblemDetails>())!.Detail);
    }

    [Fact]
    public async Task the_same_key_for_another_operation_is_refused()
    {
        var order = Order.PaidWith("tok_ok");
        await Gateway.Answer(Gateway.Authorize(order, "key"));

        using var response = await Gateway.Post("/captures", "key", order);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task a_decline_is_replayed_too()
    {
        var order = Order.PaidWith("tok_declined");

        var first = await Gateway.Answer(Gateway.Authorize(order));
        var second = await Gateway.Answer(Gateway.Authorize(order));

        Assert.Equal(first, second);
        Assert.Single((await Gateway.Ledger()).Entries);
    }

    [Fact]
    public async Task an_unused_key_is_not_found()
    {
        using var response = await Gateway.Http.GetAsync("/operations/nobody:authorize");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task a_missing_key_is_refused_and_nothing_is_written()
    {
        using var response = await Gateway.Post("/authorizations", null, Order.PaidWith("tok_ok"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty((await Gateway.Ledger()).Entries);
    }

    [Fact]
    public async Task a_body_that_is_no_json_is_refused_with_the_reason()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/authorizations")
        {
            Content = new StringContent("{\"orderId\": 7}", mediaType: new("application/json"))
        };
        request.Headers.Add("Idempotency-Key", "key");

        using var response = await Gateway.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("$.orderId", (await response.Content.ReadFromJsonAsync<ProblemDetails>())!.Detail);
    }
}
