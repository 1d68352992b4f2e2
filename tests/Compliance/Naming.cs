using Compliance.Support;
using Compliance.Transports;
using Microsoft.Extensions.DependencyInjection;

namespace Compliance;

/// <summary>What types and endpoints are called on the broker.</summary>
public sealed class Naming : Behaviours
{
    [Theory, EveryTransport]
    public async Task a_type_goes_by_the_name_that_its_attribute_gives(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("reader", e => e.Handler<GadgetMade>(x => Take(arrived, x.Message.Name))));

        await app.Bus.Publish(new GadgetMade("a"));

        Assert.Equal(("a", "gadgets"), (await arrived.Next(), Name<GadgetMade>(app)));
    }

    [Theory, EveryTransport]
    public async Task the_bus_names_a_type_and_its_name_wins_over_that_of_the_attribute(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.Message<ThingHappened>(x => x.SetEntityName("things"));
            cfg.Message<GadgetMade>(x => x.SetEntityName("devices"));
            cfg.ReceiveEndpoint("reader", e =>
            {
                e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name));
                e.Handler<GadgetMade>(x => Take(arrived, x.Message.Name));
            });
        });

        await app.Bus.Publish(new ThingHappened("a", 1));
        Assert.Equal(("a", "things"), (await arrived.Next(), Name<ThingHappened>(app)));
        await app.Bus.Publish(new GadgetMade("b"));

        Assert.Equal(("b", "devices"), (await arrived.Next(), Name<GadgetMade>(app)));
    }

    [Theory, EveryTransport]
    public async Task a_formatter_names_every_type_that_has_no_name_of_its_own(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.MessageTopology.SetEntityNameFormatter(new KebabCase());
            cfg.Message<OtherHappened>(x => x.SetEntityName("others"));
            cfg.ReceiveEndpoint("reader", e =>
            {
                e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name));
                e.Handler<OtherHappened>(x => Take(arrived, x.Message.Name));
            });
        });

        await app.Bus.Publish(new ThingHappened("a", 1));
        Assert.Equal(("a", "thing-happened"), (await arrived.Next(), Name<ThingHappened>(app)));
        await app.Bus.Publish(new OtherHappened("b"));

        Assert.Equal(("b", "others"), (await arrived.Next(), Name<OtherHappened>(app)));
    }

    [Theory, EveryTransport]
    public async Task a_formatter_names_the_endpoints_of_registered_consumers(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, x =>
        {
            x.AddSingleton(arrived);
            x.SetEndpointNameFormatter(new KebabCaseEndpointNameFormatter("shop", includeNamespace: false));
            x.AddConsumer<ThingConsumer>();
        });

        await Send(app, "queue:shop-thing", new ThingHappened("a", 1));

        Assert.Equal("a", await arrived.Next());
    }

    private static string Name<T>(BusApp app)
        where T : class
    {
        Assert.True(app.Bus.Topology.TryGetPublishAddress<T>(out var address));
        return address.AbsolutePath.Split('/')[^1];
    }

    private sealed class KebabCase : IEntityNameFormatter
    {
        public string FormatEntityName<T>() => KebabCaseEndpointNameFormatter.Instance.SanitizeName(typeof(T).Name);
    }
}
