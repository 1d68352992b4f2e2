using Compliance.Support;
using Compliance.Transports;
using Microsoft.Extensions.DependencyInjection;

namespace Compliance;

/// <summary>Several instances of one application.</summary>
public sealed class FanOut : Behaviours
{
    [Theory, EveryTransport(Capability.SharedBroker)]
    public async Task instances_of_an_endpoint_share_its_messages(Transport transport)
    {
        var (first, second) = (new Arrivals<string>(), new Arrivals<string>());
        await using var one = await StartInstance(transport, first, null);
        await using var two = await StartInstance(transport, second, null);
        var sent = new List<string>();

        // Until each has had some.
        while (first.Count == 0 || second.Count == 0)
        {
            sent.Add($"{sent.Count}");
            Assert.InRange(sent.Count, 1, 10_000);
            await one.Bus.Publish(new ThingHappened(sent[^1], 1), x =>
            {
                if (x.TryGetPayload<PartitionKeySendContext>(out var keyed))
                    keyed.PartitionKey = sent[^1];
            });
        }

        await Eventually.True(() => first.Count + second.Count >= sent.Count, "all were handled");
        Assert.Equal(sent, (await first.Next(first.Count)).Concat(await second.Next(second.Count)).Distinct().OrderBy(int.Parse));
    }

    [Theory, EveryTransport(Capability.SharedBroker)]
    public async Task instances_with_an_id_of_their_own_get_every_message_each(Transport transport)
    {
        var (first, second) = (new Arrivals<string>(), new Arrivals<string>());
        await using var one = await StartInstance(transport, first, e => e.InstanceId = "-one");
        await using var two = await StartInstance(transport, second, e => e.InstanceId = "-two");

        await one.Bus.Publish(new ThingHappened("a", 1));
        await two.Bus.Publish(new ThingHappened("b", 2));

        Assert.Equal(["a", "b"], (await first.Next(2)).Order());
        Assert.Equal(["a", "b"], (await second.Next(2)).Order());
    }

    [Theory, EveryTransport]
    public async Task a_temporary_endpoint_gets_what_is_published_from_now_on(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await StartInstance(transport, arrived, e => e.Temporary = true);

        await app.Bus.Publish(new ThingHappened("a", 1));
        await app.Bus.Publish(new ThingHappened("b", 2));

        Assert.Equal(["a", "b"], (await arrived.Next(2)).Order());
    }

    private Task<BusApp> StartInstance(Transport transport, Arrivals<string> arrivals, Action<IEndpointRegistrationConfigurator>? endpoint)
    {
        return Start(transport, x =>
        {
            x.AddSingleton(arrivals);
            x.AddConsumer<ThingConsumer>().Endpoint(e =>
            {
                e.Name = "things";
                endpoint?.Invoke(e);
            });
        });
    }
}
