using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>The outbox in memory: what a consumer sends leaves when it has succeeded.</summary>
public sealed class Outbox : Behaviours
{
    [Theory, EveryTransport]
    public async Task what_a_failed_attempt_published_is_not_sent(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, _ => { }, (context, cfg) =>
        {
            cfg.ReceiveEndpoint("working", e =>
            {
                e.UseMessageRetry(x => x.Immediate(1));
                e.UseInMemoryOutbox(context);
                e.Handler<ThingHappened>(async x =>
                {
                    await x.Publish(new OtherHappened($"attempt {x.GetRetryAttempt()}"));
                    if (x.GetRetryAttempt() == 0)
                        throw new InvalidOperationException("planned");
                });
            });
            cfg.ReceiveEndpoint("watching", e => e.Handler<OtherHappened>(x => Take(arrived, x.Message.Name)));
        });

        await app.Bus.Publish(new ThingHappened("a", 1));
        Assert.Equal("attempt 1", await arrived.Next());
        await app.Bus.Publish(new OtherHappened("next"));

        Assert.Equal("next", await arrived.Next());
    }

    [Theory, EveryTransport]
    public async Task what_leaves_the_outbox_reaches_the_endpoints_of_its_base_types_with_its_headers(Transport transport)
    {
        var based = new Arrivals<(string Name, string? Tenant)>();
        await using var app = await Start(transport, _ => { }, (context, cfg) =>
        {
            cfg.ReceiveEndpoint("working", e =>
            {
                e.UseInMemoryOutbox(context);
                e.Handler<Step>(x => x.Publish(new ThingHappened(x.Message.Key, 1), p => p.Headers.Set("tenant", "north")));
            });
            cfg.ReceiveEndpoint("base", e => e.Handler<ISomethingHappened>(x => Take(based, (x.Message.Name, x.Headers.Get<string>("tenant")))));
        });

        await app.Bus.Publish(new Step("a", 1));

        Assert.Equal(("a", "north"), await based.Next());
    }
}
