using System.Collections.Concurrent;
using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>What only a log gives: order among the messages of one key, and its past.</summary>
public sealed class KeyOrder : Behaviours
{
    [Theory, EveryTransport(Capability.KeyOrder)]
    public async Task messages_of_one_key_are_handled_in_order_while_those_of_others_overlap(Transport transport)
    {
        var seen = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        var arrived = new Arrivals<int>();
        var both = new Meeting(2);
        await using var app = await Start(transport, cfg =>
        {
            cfg.Send<Step>(x => x.UsePartitionKeyFormatter(c => c.Message.Key));
            cfg.ReceiveEndpoint("steps-reader", e => e.Handler<Step>(async x =>
            {
                // The first steps of two keys wait for each other.
                if (x.Message.Number == 0)
                    await both.Join();

                await Task.Yield();
                seen.GetOrAdd(x.Message.Key, _ => new()).Enqueue(x.Message.Number);
                arrived.Add(x.Message.Number);
            }));
        });

        for (var i = 0; i < 50; i++)
            await Task.WhenAll(app.Bus.Publish(new Step("a", i)), app.Bus.Publish(new Step("b", i)));

        await arrived.Next(100);
        Assert.All(seen.Values, x => Assert.Equal(Enumerable.Range(0, 50), x));
    }

    [Theory, EveryTransport(Capability.KeyOrder)]
    public async Task messages_of_several_types_on_one_topic_keep_the_order_of_their_key(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.Message<ThingHappened>(x => x.SetEntityName("stream"));
            cfg.Message<OtherHappened>(x => x.SetEntityName("stream"));
            cfg.ReceiveEndpoint("stream-reader", e =>
            {
                e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name));
                e.Handler<OtherHappened>(x => Take(arrived, x.Message.Name));
            });
        });

        for (var i = 0; i < 20; i++)
        {
            await app.Bus.Publish(new ThingHappened($"thing {i}", i), x => x.SetPartitionKey("one"));
            await app.Bus.Publish(new OtherHappened($"other {i}"), x => x.SetPartitionKey("one"));
        }

        Assert.Equal(Enumerable.Range(0, 20).SelectMany(x => (string[])[$"thing {x}", $"other {x}"]), await arrived.Next(40));
    }

    [Theory, EveryTransport(Capability.Replay)]
    public async Task a_new_endpoint_reads_what_was_published_before_it(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("first", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name))));
        await app.Bus.Publish(new ThingHappened("past", 1));
        await arrived.Next();

        var late = app.Bus.ConnectReceiveEndpoint("second", e =>
        {
            ((ILogReceiveEndpointConfigurator)e).StartFrom(StartPosition.Earliest);
            e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name + " again"));
        });

        Assert.Equal("past again", await arrived.Next());
        await late.StopAsync(CancellationToken.None).Soon();
    }
}
