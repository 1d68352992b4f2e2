using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Time.Testing;

namespace PaymentGateway.Tests;

public sealed class BehaviourTests : GatewayTest
{
    private readonly FakeTimeProvider _clock = new();

    private protected override TimeProvider Time => _clock;

    [Fact]
    public async Task what_was_put_is_what_is_got()
    {
        var wanted = new Behaviour(7, new LatencyRange(1, 2), 0.5, 0.25, new RateLimit(10, 1), Outage: true);

        await Gateway.Behave(wanted);

        Assert.Equal(wanted, await Gateway.Http.GetFromJsonAsync<Behaviour>("/behaviour"));
    }

    [Fact]
    public async Task a_rate_outside_zero_to_one_is_refused_and_the_old_behaviour_stays()
    {
        using var response = await Gateway.Http.PutAsJsonAsync("/behaviour", new Behaviour(ErrorRate: 1.5));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(new Behaviour(), await Gateway.Http.GetFromJsonAsync<Behaviour>("/behaviour"));
    }

    [Fact]
    public async Task an_outage_fails_operations_and_queries_and_ends_with_the_switch()
    {
        var order = Order.PaidWith("tok_ok");
        await Gateway.Behave(new Behaviour(Outage: true));

        using var operation = await Gateway.Authorize(order);
        using var query = await Gateway.Http.GetAsync("/operations/key");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (operation.StatusCode, query.StatusCode));
        Assert.Empty((await Gateway.Ledger()).Entries);

        await Gateway.Behave(new Behaviour());
        Assert.Equal(OperationOutcome.Approved, (await Gateway.Answer(Gateway.Authorize(order))).Outcome);
    }

    [Fact]
    public async Task calls_beyond_the_rate_limit_are_told_when_to_come_back()
    {
        await Gateway.Behave(new Behaviour(RateLimit: new RateLimit(Calls: 1, WindowSeconds: 10)));
        await Gateway.Answer(Gateway.Authorize(Order.PaidWith("tok_ok")));
        _clock.Advance(TimeSpan.FromSeconds(3));

        using var refused = await Gateway.Authorize(Order.PaidWith("tok_ok"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), refused.Headers.RetryAfter!.Delta);

        _clock.Advance(TimeSpan.FromSeconds(7));
        await Gateway.Answer(Gateway.Authorize(Order.PaidWith("tok_ok")));
    }

    [Fact]
    public async Task a_lost_reply_rate_of_one_acts_on_every_call_and_answers_none()
    {
        var order = Order.PaidWith("tok_ok");
        await Gateway.Behave(new Behaviour(LostReplyRate: 1));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Gateway.Authorize(order));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Gateway.Authorize(order));

        Assert.Single((await Gateway.Ledger()).Entries);
    }

    [Fact]
    public async Task the_same_seed_gives_the_same_run()
    {
        var orders = Enumerable.Range(0, 40).Select(_ => Order.PaidWith("tok_ok")).ToList();

        await Gateway.Behave(new Behaviour(Seed: 3, ErrorRate: 0.5));
        var first = await Failures(orders);
        await Gateway.Behave(new Behaviour(Seed: 3, ErrorRate: 0.5));
        var again = await Failures(Enumerable.Reverse(orders));
        await Gateway.Behave(new Behaviour(Seed: 4, ErrorRate: 0.5));
        var other = await Failures(orders);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.InRange(first.Count, 5, 35);
    }

    private async Task<HashSet<Guid>> Failures(IEnumerable<Order> orders)
    {
        var failed = new HashSet<Guid>();
        foreach (var order in orders)
        {
            using var response = await Gateway.Void(order);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                failed.Add(order.OrderId);
            }
        }

        return failed;
    }
}
