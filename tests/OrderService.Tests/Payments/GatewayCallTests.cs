using System.Net;
using Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderService.Payments;
using OrderService.Tests.Support;

namespace OrderService.Tests.Payments;

/// <summary>The pipeline as it is registered, over a scripted gateway and a clock that moves only where a call pauses.</summary>
public sealed class GatewayCallTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly ObligingClock _clock = new(Start);
    private readonly ScriptedGateway _gateway = new(ScriptedGateway.Approves);
    private readonly IHost _host;
    private readonly Payment _payment = Payment.For(Guid.NewGuid());

    public GatewayCallTests()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        // The defaults are part of the subject: a second pipeline over ours would multiply the attempts.
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddGateway().ConfigurePrimaryHttpMessageHandler(() => _gateway);
        _host = builder.Build();
        _payment.Request(new PaymentRequested(_payment.OrderId, Start, Guid.NewGuid(), 4200, "EUR", "tok_ok", Start.AddMinutes(5)), 1, null, Start);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task an_approval_takes_one_attempt()
    {
        var answer = await Call();

        Assert.Equal((GatewayVerdict.Approved, "REF", 1), (answer.Verdict, answer.Reference, answer.Attempts));
    }

    [Fact]
    public async Task a_decline_is_not_retried()
    {
        _gateway.Then(ScriptedGateway.Refuses);

        var answer = await Call();

        Assert.Equal((GatewayVerdict.Refused, "card_declined", 1), (answer.Verdict, answer.Code, answer.Attempts));
        Assert.Single(_gateway.Calls);
    }

    [Fact]
    public async Task errors_and_lost_connections_are_retried_under_the_same_key()
    {
        _gateway.Then(ScriptedGateway.Fails, ScriptedGateway.Drops, ScriptedGateway.Fails, ScriptedGateway.Approves);

        var answer = await Call();

        Assert.Equal((GatewayVerdict.Approved, 4), (answer.Verdict, answer.Attempts));
        Assert.Equal([("POST", $"{_payment.OrderId}:authorize")], _gateway.Calls.Distinct());
    }

    [Fact]
    public async Task an_attempt_without_answer_is_given_up_after_two_seconds_and_made_again()
    {
        _gateway.Then(ScriptedGateway.Hangs(_clock), ScriptedGateway.Approves);

        var answer = await Call();

        Assert.Equal((GatewayVerdict.Approved, 2), (answer.Verdict, answer.Attempts));
        Assert.InRange(answer.GatewayMs, 2000, 4000);
    }

    [Fact]
    public async Task silence_is_unknown_and_the_gateway_is_asked_what_it_did()
    {
        _gateway.Then(ScriptedGateway.ByMethod(post: ScriptedGateway.Hangs(_clock), get: ScriptedGateway.Approves));

        var answer = await Call();

        Assert.Equal(GatewayVerdict.Approved, answer.Verdict);
        Assert.Equal("GET", _gateway.Calls.Last().Method);
        Assert.InRange(_gateway.Calls.Count(call => call.Method == "POST"), 3, 4);
    }

    [Fact]
    public async Task a_call_that_may_have_been_made_before_asks_first_and_does_not_repeat_what_was_done()
    {
        _payment.TryStartCall(Start);
        _payment.TryStartCall(Start + Payment.CallLease);

        var answer = await Call();

        Assert.Equal(GatewayVerdict.Approved, answer.Verdict);
        Assert.Equal(["GET"], _gateway.Calls.Select(call => call.Method));
    }

    [Fact]
    public async Task a_call_that_may_have_been_made_before_and_was_not_is_made()
    {
        _payment.TryStartCall(Start);
        _payment.TryStartCall(Start + Payment.CallLease);
        _gateway.Then(ScriptedGateway.ByMethod(post: ScriptedGateway.Approves, get: ScriptedGateway.KnowsNothing));

        var answer = await Call();

        Assert.Equal(GatewayVerdict.Approved, answer.Verdict);
        Assert.Equal(["GET", "POST"], _gateway.Calls.Select(call => call.Method));
    }

    [Fact]
    public async Task what_the_gateway_has_no_record_of_is_put_off_as_unknown()
    {
        _gateway.Then(ScriptedGateway.Drops, ScriptedGateway.Drops, ScriptedGateway.Drops, ScriptedGateway.Drops, ScriptedGateway.KnowsNothing);

        var answer = await Call();

        Assert.Equal((GatewayVerdict.Deferred, PaymentDeferral.Unknown, 5), (answer.Verdict, answer.Deferral, answer.Attempts));
        Assert.Equal(_clock.GetUtcNow() + GatewayResilience.UnknownWait, answer.RetryAt);
        Assert.Equal(["POST", "POST", "POST", "POST", "GET"], _gateway.Calls.Select(call => call.Method));
    }

    [Fact]
    public async Task a_short_retry_after_is_waited_for()
    {
        _gateway.Then(ScriptedGateway.Throttles(TimeSpan.FromSeconds(1)), ScriptedGateway.Approves);

        var answer = await Call();

        Assert.Equal((GatewayVerdict.Approved, 2), (answer.Verdict, answer.Attempts));
        Assert.Equal(1000, answer.GatewayMs);
    }

    [Fact]
    public async Task a_long_retry_after_puts_the_call_off_until_then()
    {
        _gateway.Then(ScriptedGateway.Throttles(TimeSpan.FromMinutes(1)));

        var answer = await Call();

        Assert.Equal((PaymentDeferral.RateLimited, Start.AddMinutes(1), 1), (answer.Deferral, answer.RetryAt, answer.Attempts));
    }

    [Fact]
    public async Task an_outage_opens_the_circuit_which_lets_nothing_through_and_closes_after_its_break()
    {
        _gateway.Then(ScriptedGateway.Fails);
        while ((await Call()).Deferral != PaymentDeferral.CircuitOpen)
        {
            Assert.InRange(_gateway.Calls.Count, 1, 20);
        }

        var callsBefore = _gateway.Calls.Count;
        var opened = _clock.GetUtcNow();
        var refused = await Call();
        Assert.Equal((PaymentDeferral.CircuitOpen, 0), (refused.Deferral, refused.Attempts));
        Assert.Equal(callsBefore, _gateway.Calls.Count);
        Assert.InRange(refused.RetryAt!.Value, opened, opened + GatewayResilience.BreakDuration);

        _gateway.Then(ScriptedGateway.Approves);
        _clock.Advance(GatewayResilience.BreakDuration);
        Assert.Equal(GatewayVerdict.Approved, (await Call()).Verdict);
    }

    [Fact]
    public async Task a_request_that_the_gateway_does_not_understand_is_an_error_of_ours()
    {
        _gateway.Then(ScriptedGateway.Status(HttpStatusCode.UnprocessableEntity, "used for another request"));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(Call);

        Assert.Contains("used for another request", failure.Message);
        Assert.Single(_gateway.Calls);
    }

    private Task<GatewayAnswered> Call() =>
        _host.Services.GetRequiredService<GatewayCall>().Run(_payment, GatewayOperation.Authorize, CancellationToken.None);
}
