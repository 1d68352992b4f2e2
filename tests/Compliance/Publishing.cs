using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>Who gets what is published.</summary>
public sealed class Publishing : Behaviours
{
    [Theory, EveryTransport]
    public async Task a_message_reaches_every_endpoint_that_handles_it(Transport transport)
    {
        var (first, second) = (new Arrivals<ThingHappened>(), new Arrivals<ThingHappened>());
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("first", e => e.Handler<ThingHappened>(x => Take(first, x.Message)));
            cfg.ReceiveEndpoint("second", e => e.Handler<ThingHappened>(x => Take(second, x.Message)));
        });

        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.Equal(new ThingHappened("a", 1), await first.Next());
        Assert.Equal(new ThingHappened("a", 1), await second.Next());
    }

    [Theory, EveryTransport]
    public async Task handlers_of_a_type_and_of_its_base_type_on_one_endpoint_get_a_message_once_each(Transport transport)
    {
        var (derived, based) = (new Arrivals<string>(), new Arrivals<string>());
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("both", e =>
        {
            e.Handler<ThingHappened>(x => Take(derived, x.Message.Name));
            e.Handler<ISomethingHappened>(x => Take(based, x.Message.Name));
        }));

        await app.Bus.Publish(new ThingHappened("a", 1));
        await app.Bus.Publish(new ThingHappened("b", 2));

        Assert.Equal(["a", "b"], (await derived.Next(2)).Order());
        Assert.Equal(["a", "b"], (await based.Next(2)).Order());
        Assert.Equal((2, 2), (derived.Count, based.Count));
    }

    [Theory, EveryTransport]
    public async Task an_endpoint_of_a_base_type_gets_what_is_published_as_a_derived_type(Transport transport)
    {
        var based = new Arrivals<string>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("base", e => e.Handler<ISomethingHappened>(x => Take(based, x.Message.Name))));

        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.Equal("a", await based.Next());
    }

    [Theory, EveryTransport]
    public async Task a_base_type_that_is_excluded_from_the_topology_gets_nothing_and_its_siblings_do(Transport transport)
    {
        var (marked, audited) = (new Arrivals<string>(), new Arrivals<string>());
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("marked", e =>
            {
                e.Handler<IMarked>(x => Take(marked, x.Message.Name));
                e.Handler<OtherHappened>(x => Take(marked, x.Message.Name));
            });
            cfg.ReceiveEndpoint("audited", e => e.Handler<IAudited>(x => Take(audited, x.Message.Name)));
        });

        await app.Bus.Publish(new ThingMarked("excluded"));
        Assert.Equal("excluded", await audited.Next());
        await app.Bus.Publish(new OtherHappened("next"));

        Assert.Equal("next", await marked.Next());
    }

    [Theory, EveryTransport]
    public async Task a_message_interface_is_published_with_values_only(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("base", e => e.Handler<ISomethingHappened>(x => Take(arrived, x.Message.Name))));

        await app.Bus.Publish<ISomethingHappened>(new { Name = "a" });

        Assert.Equal("a", await arrived.Next());
    }

    [Theory, EveryTransport]
    public async Task generic_and_nested_types_have_names_too(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("names", e =>
        {
            e.Handler<Wrapped<OtherHappened>>(x => Take(arrived, x.Message.Content.Name));
            e.Handler<Outer.Inner>(x => Take(arrived, x.Message.Name));
        }));

        await app.Bus.Publish(new Wrapped<OtherHappened>(new OtherHappened("generic")));
        await app.Bus.Publish(new Outer.Inner("nested"));

        Assert.Equal(["generic", "nested"], (await arrived.Next(2)).Order());
    }

    [Theory, EveryTransport]
    public async Task a_message_is_published_by_its_own_type_when_the_caller_knows_only_an_object(Transport transport)
    {
        var arrived = new Arrivals<int>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("things", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Number))));

        await app.Bus.Publish((object)new ThingHappened("a", 1));
        await app.Bus.PublishBatch([new ThingHappened("b", 2), new ThingHappened("c", 3)]);

        Assert.Equal([1, 2, 3], (await arrived.Next(3)).Order());
    }

    [Theory, EveryTransport]
    public async Task a_burst_of_many_publishers_on_a_bus_that_has_sent_nothing_yet_arrives_whole(Transport transport)
    {
        const int Publishers = 20;
        const int Each = 50;
        var arrived = new Arrivals<int>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("burst", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Number))));

        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await app.Bus.Publish(new ThingHappened("a", publisher * Each + i));
        })));

        Assert.Equal(Enumerable.Range(0, Publishers * Each), (await arrived.Next(Publishers * Each)).Order());
    }
}
