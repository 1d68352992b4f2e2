using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>Messages that wait until they are due.</summary>
public sealed class Scheduling : Behaviours
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly DelayedSends _delayed = new();

    [Theory, EveryTransport(Capability.Scheduling)]
    public async Task a_delayed_message_arrives_when_its_time_has_come(Transport transport)
    {
        var time = NewTime(transport);
        var arrived = new Arrivals<string>();
        await using var app = await StartAt(time, transport, cfg => cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name))));

        await app.Bus.Publish(new ThingHappened("later", 1), x => x.Delay = Hour);
        await app.Bus.Publish(new ThingHappened("now", 1));

        Assert.Equal("now", await arrived.Next());
        Assert.Equal("later", await time.After(app, Hour, arrived));
    }

    [Theory, EveryTransport(Capability.Scheduling)]
    public async Task a_consumer_schedules_a_message_to_itself_and_one_to_all(Transport transport)
    {
        var time = NewTime(transport);
        // Each its own: what is due later may come beside the earlier one where time has to be moved more than once.
        var own = new Arrivals<string>();
        var all = new Arrivals<string>();
        await using var app = await StartAt(time, transport, cfg =>
        {
            cfg.ReceiveEndpoint("scheduling", e =>
            {
                e.Handler<ThingHappened>(async x =>
                {
                    await x.ScheduleSend(Hour, new Step("own", 1));
                    await x.SchedulePublish(Hour * 3, new OtherHappened("all"));
                });
                e.Handler<Step>(x => Take(own, x.Message.Key));
            });
            cfg.ReceiveEndpoint("listening", e => e.Handler<OtherHappened>(x => Take(all, x.Message.Name)));
        });
        Watch(app);

        await app.Bus.Publish(new ThingHappened("a", 1));
        await _delayed.Next<Step>();
        await _delayed.Next<OtherHappened>();

        Assert.Equal("own", await time.After(app, Hour * 2, own));
        Assert.Equal("all", await time.After(app, Hour * 2, all));
    }

    [Theory, EveryTransport(Capability.Scheduling, Capability.FanOutOfSends)]
    public async Task what_is_published_later_reaches_the_endpoints_of_its_base_types_too(Transport transport)
    {
        var time = NewTime(transport);
        var based = new Arrivals<string>();
        await using var app = await StartAt(time, transport, cfg =>
        {
            cfg.ReceiveEndpoint("scheduling", e => e.Handler<Step>(x => x.SchedulePublish(Hour, new ThingHappened(x.Message.Key, 1))));
            cfg.ReceiveEndpoint("base", e => e.Handler<ISomethingHappened>(x => Take(based, x.Message.Name)));
        });
        Watch(app);

        await app.Bus.Publish(new Step("a", 1));
        await _delayed.Next<ThingHappened>();

        Assert.Equal("a", await time.After(app, Hour * 2, based));
    }

    [Theory, EveryTransport(Capability.Scheduling)]
    public async Task a_delayed_message_keeps_its_identifiers_and_headers(Transport transport)
    {
        var time = NewTime(transport);
        var arrived = new Arrivals<ConsumeContext<ThingHappened>>();
        await using var app = await StartAt(time, transport, cfg => Queue(cfg, "reader", arrived));
        var (id, correlationId) = (NewId.NextGuid(), NewId.NextGuid());

        await (await app.Bus.GetSendEndpoint(new Uri("queue:reader"))).Send(new ThingHappened("later", 1), x =>
        {
            (x.MessageId, x.CorrelationId, x.Delay) = (id, correlationId, Hour);
            x.Headers.Set("tenant", "north");
        });

        var context = await time.After(app, Hour, arrived);
        Assert.Equal((id, correlationId, "north"), (context.MessageId, context.CorrelationId, context.Headers.Get<string>("tenant")));
    }

    [Theory, EveryTransport(Capability.Scheduling, Capability.Cancelling)]
    public async Task a_cancelled_message_does_not_arrive(Transport transport)
    {
        var time = NewTime(transport);
        var (arrived, cancelled) = (new Arrivals<string>(), new Arrivals<string>());
        await using var app = await StartAt(time, transport, cfg => cfg.ReceiveEndpoint("scheduling", e =>
        {
            e.Handler<ThingHappened>(async x =>
            {
                var scheduled = await x.ScheduleSend(Hour, new Step("cancelled", 1));
                await x.ScheduleSend(Hour * 2, new Step("kept", 1));
                await x.CancelScheduledSend(scheduled);
                cancelled.Add("cancelled");
            });
            e.Handler<Step>(x => Take(arrived, x.Message.Key));
        }));

        await app.Bus.Publish(new ThingHappened("a", 1));
        await cancelled.Next();

        Assert.Equal("kept", await time.After(app, Hour * 3, arrived));
    }

    private void Watch(BusApp app)
    {
        app.Bus.ConnectSendObserver(_delayed);
        app.Bus.ConnectPublishObserver(_delayed);
    }
}
