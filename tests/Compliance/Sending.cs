using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>Where a message goes that is sent to an address.</summary>
public sealed class Sending : Behaviours
{
    [Theory, EveryTransport]
    public async Task a_message_reaches_only_the_queue_it_is_sent_to(Transport transport)
    {
        var wanted = new Arrivals<ConsumeContext<ThingHappened>>();
        var other = new Arrivals<string>();
        await using var app = await Start(transport, cfg =>
        {
            Queue(cfg, "wanted", wanted);
            cfg.ReceiveEndpoint("other", e => e.Handler<ThingHappened>(x => Take(other, x.Message.Name)));
        });

        await Send(app, "queue:wanted", new ThingHappened("sent", 1));
        Assert.Equal("sent", (await wanted.Next()).Message.Name);
        await app.Bus.Publish(new ThingHappened("published", 2));

        Assert.Equal("published", await other.Next());
    }

    [Theory, EveryTransport]
    public async Task an_exchange_address_is_the_endpoint_of_that_name(Transport transport)
    {
        var wanted = new Arrivals<ConsumeContext<ThingHappened>>();
        await using var app = await Start(transport, cfg => Queue(cfg, "wanted", wanted));

        await Send(app, "exchange:wanted", new ThingHappened("a", 1));

        Assert.Equal("a", (await wanted.Next()).Message.Name);
    }

    [Theory, EveryTransport(Capability.TopicAddress)]
    public async Task a_topic_address_reaches_every_endpoint_that_handles_what_the_topic_carries(Transport transport)
    {
        var (first, second) = (new Arrivals<string>(), new Arrivals<string>());
        await using var app = await Start(transport, cfg =>
        {
            cfg.Message<ThingHappened>(x => x.SetEntityName("things"));
            cfg.ReceiveEndpoint("first", e => e.Handler<ThingHappened>(x => Take(first, x.Message.Name)));
            cfg.ReceiveEndpoint("second", e => e.Handler<ThingHappened>(x => Take(second, x.Message.Name)));
        });

        await Send(app, "topic:things", new ThingHappened("a", 1));

        Assert.Equal(("a", "a"), (await first.Next(), await second.Next()));
    }

    [Theory, EveryTransport(Capability.FanOutOfSends)]
    public async Task the_publish_address_of_a_type_reaches_every_endpoint_that_handles_it(Transport transport)
    {
        var (first, second) = (new Arrivals<string>(), new Arrivals<string>());
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("first", e => e.Handler<ThingHappened>(x => Take(first, x.Message.Name)));
            cfg.ReceiveEndpoint("second", e => e.Handler<ISomethingHappened>(x => Take(second, x.Message.Name)));
        });
        Assert.True(app.Bus.Topology.TryGetPublishAddress<ThingHappened>(out var address));

        await (await app.Bus.GetSendEndpoint(address)).Send(new ThingHappened("a", 1));

        Assert.Equal(("a", "a"), (await first.Next(), await second.Next()));
    }

    [Theory, EveryTransport]
    public async Task what_is_sent_to_the_bus_itself_reaches_the_handler_that_is_connected_to_it(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, _ => { });
        var connected = app.Bus.ConnectHandler<ThingHappened>(x => Take(arrived, x.Message.Name));

        await (await app.Bus.GetSendEndpoint(app.Bus.Address)).Send(new ThingHappened("a", 1));

        Assert.Equal("a", await arrived.Next());
        connected.Disconnect();
    }

    [Theory, EveryTransport(Capability.EarlyMessages)]
    public async Task what_is_sent_before_its_endpoint_is_there_waits_for_it(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, _ => { });

        await Send(app, "queue:late", new ThingHappened("a", 1));
        var late = app.Bus.ConnectReceiveEndpoint("late", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name)));

        Assert.Equal("a", await arrived.Next());
        await late.StopAsync(CancellationToken.None).Soon();
    }

    [Theory, EveryTransport]
    public async Task a_forwarded_message_is_the_same_message(Transport transport)
    {
        var forwarded = new Arrivals<ConsumeContext<ThingHappened>>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("first", e => e.Handler<ThingHappened>(x => x.Forward(new Uri("queue:second"))));
            Queue(cfg, "second", forwarded);
        });
        var id = NewId.NextGuid();

        await app.Bus.Publish(new ThingHappened("a", 1), x =>
        {
            x.MessageId = id;
            x.Headers.Set("tenant", "north");
        });

        var context = await forwarded.Next();
        Assert.Equal((id, "a", "north"), (context.MessageId, context.Message.Name, context.Headers.Get<string>("tenant")));
        Assert.EndsWith("first", context.Headers.Get<string>(MessageHeaders.ForwarderAddress), StringComparison.Ordinal);
    }

    [Theory, EveryTransport]
    public async Task an_address_of_another_kind_is_refused(Transport transport)
    {
        await using var app = await Start(transport, _ => { });

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => Send(app, "ftp://nowhere/queue", new ThingHappened("a", 1)));

        Assert.Contains("ftp", refused.ToString(), StringComparison.Ordinal);
    }
}
