using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace PaymentGateway.Tests;

public sealed class TokenTests : GatewayTest
{
    private readonly FakeTimeProvider _clock = new();

    private protected override TimeProvider Time => _clock;

    [Fact]
    public async Task tok_ok_is_authorized_and_captured()
    {
        var order = Order.PaidWith("tok_ok");

        var authorization = await Gateway.Answer(Gateway.Authorize(order));
        var capture = await Gateway.Answer(Gateway.Capture(order));

        Assert.Equal((OperationOutcome.Approved, "AUT-000001"), (authorization.Outcome, authorization.Reference));
        Assert.Equal((OperationOutcome.Approved, "CAP-000002", 4200), (capture.Outcome, capture.Reference, capture.AmountMinor));
    }

    [Theory]
    [InlineData("tok_declined", "card_declined")]
    [InlineData("tok_insufficient", "insufficient_funds")]
    [InlineData("tok_of_nobody", "unknown_token")]
    public async Task a_refused_token_is_answered_with_its_code(string token, string code)
    {
        var order = Order.PaidWith(token);

        var authorization = await Gateway.Answer(Gateway.Authorize(order));
        var capture = await Gateway.Answer(Gateway.Capture(order));

        Assert.Equal((OperationOutcome.Refused, code), (authorization.Outcome, authorization.Code));
        Assert.Equal((OperationOutcome.Refused, "not_authorized"), (capture.Outcome, capture.Code));
    }

    [Fact]
    public async Task tok_flaky_2_fails_twice_and_then_acts_once()
    {
        var order = Order.PaidWith("tok_flaky_2");

        using var first = await Gateway.Authorize(order);
        using var second = await Gateway.Authorize(order);
        Assert.Empty((await Gateway.Ledger()).Entries);
        var third = await Gateway.Answer(Gateway.Authorize(order));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (first.StatusCode, second.StatusCode));
        Assert.Equal(OperationOutcome.Approved, third.Outcome);
        Assert.Single((await Gateway.Ledger()).Entries);
    }

    [Fact]
    public async Task tok_lost_reply_acts_and_drops_the_connection_once()
    {
        var order = Order.PaidWith("tok_lost_reply");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Gateway.Authorize(order));
        var queried = await Gateway.Answer(Gateway.Http.GetAsync($"/operations/{order.OrderId}:authorize"));
        var repeated = await Gateway.Answer(Gateway.Authorize(order));

        Assert.Equal(OperationOutcome.Approved, queried.Outcome);
        Assert.Equal(queried, repeated);
        Assert.Equal(4200, (await Gateway.Ledger()).AuthorizedMinor);
    }

    [Fact]
    public async Task tok_capture_fails_is_authorized_and_its_capture_refused()
    {
        var order = Order.PaidWith("tok_capture_fails");

        Assert.Equal(OperationOutcome.Approved, (await Gateway.Answer(Gateway.Authorize(order))).Outcome);
        var capture = await Gateway.Answer(Gateway.Capture(order));

        Assert.Equal((OperationOutcome.Refused, "capture_refused"), (capture.Outcome, capture.Code));
        Assert.Equal(order.PaymentId, Assert.Single((await Gateway.Ledger()).OpenAuthorizations));
    }

    [Fact]
    public async Task tok_slow_5s_acts_at_once_and_answers_after_five_seconds()
    {
        var order = Order.PaidWith("tok_slow_5s");

        var call = Gateway.Authorize(order);
        await Eventually.Holds(async () => (await Gateway.Ledger()).Entries.Count == 1);
        Assert.False(call.IsCompleted);
        await Eventually.Holds(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            return Task.FromResult(call.IsCompleted);
        });

        Assert.Equal(OperationOutcome.Approved, (await Gateway.Answer(call)).Outcome);
    }

    [Fact]
    public async Task tok_never_neither_acts_nor_answers_and_ends_with_the_host()
    {
        var call = Gateway.Authorize(Order.PaidWith("tok_never"));
        using var other = await Gateway.Authorize(Order.PaidWith("tok_ok"));
        Assert.Single((await Gateway.Ledger()).Entries);

        await Gateway.StopAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
    }
}
