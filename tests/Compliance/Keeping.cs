using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>What waits on the broker for an endpoint that is away, and what does not.</summary>
public sealed class Keeping : Behaviours
{
    [Theory, EveryTransport(Capability.SharedBroker)]
    public async Task what_is_published_and_sent_while_an_application_is_away_waits_for_it(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using (await Start(transport, Reader))
        {
        }

        await using (var other = await Start(transport, _ => { }))
        {
            await other.Bus.Publish(new ThingHappened("published", 1));
            await Send(other, "queue:reader", new ThingHappened("sent", 2));
        }

        await using (await Start(transport, Reader))
            Assert.Equal(["published", "sent"], (await arrived.Next(2)).Order());

        void Reader(IBusFactoryConfigurator cfg) => cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name)));
    }

    [Theory, EveryTransport(Capability.SharedBroker)]
    public async Task what_is_published_after_a_deployment_waits_for_the_application_that_was_deployed(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using (await Start(transport, cfg =>
        {
            cfg.DeployTopologyOnly = true;
            Reader(cfg);
        }))
        {
        }

        await using (var other = await Start(transport, _ => { }))
        {
            await other.Bus.Publish(new ThingHappened("published", 1));
            await Send(other, "queue:reader", new ThingHappened("sent", 2));
        }

        await using (await Start(transport, Reader))
            Assert.Equal(["published", "sent"], (await arrived.Next(2)).Order());

        void Reader(IBusFactoryConfigurator cfg) => cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name)));
    }

    [Theory, EveryTransport(Capability.TimeToLive)]
    public async Task a_message_past_its_time_to_live_is_not_handled(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, _ => { });
        await (await Connect()).StopAsync(CancellationToken.None).Soon();

        await app.Bus.Publish(new ThingHappened("expired", 1), x => x.TimeToLive = TimeSpan.FromMilliseconds(1));
        await app.Bus.Publish(new ThingHappened("fresh", 1), x => x.TimeToLive = TimeSpan.FromHours(1));
        await Connect();

        Assert.Equal("fresh", await arrived.Next());

        async Task<HostReceiveEndpointHandle> Connect()
        {
            var handle = app.Bus.ConnectReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name)));
            await handle.Ready.Soon();
            return handle;
        }
    }

    [Theory, EveryTransport(Capability.Purge)]
    public async Task an_endpoint_may_leave_out_what_waits_for_it(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, _ => { });
        await (await Connect(purge: false)).StopAsync(CancellationToken.None).Soon();

        await app.Bus.Publish(new ThingHappened("left out", 1));
        await Connect(purge: true);
        await app.Bus.Publish(new ThingHappened("next", 2));

        Assert.Equal("next", await arrived.Next());

        async Task<HostReceiveEndpointHandle> Connect(bool purge)
        {
            var handle = app.Bus.ConnectReceiveEndpoint("reader", e =>
            {
                if (e is ILogReceiveEndpointConfigurator log)
                    log.PurgeOnStartup = purge;

                if (e is IRabbitMqReceiveEndpointConfigurator rabbitMq)
                    rabbitMq.PurgeOnStartup = purge;

                e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name));
            });
            await handle.Ready.Soon();
            return handle;
        }
    }
}
