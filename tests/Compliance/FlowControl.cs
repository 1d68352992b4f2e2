using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>How much is handled at once, and when handling stops for a while.</summary>
public sealed class FlowControl : Behaviours
{
    [Theory, EveryTransport]
    public async Task as_many_messages_as_are_allowed_are_handled_at_once_and_no_more(Transport transport)
    {
        const int Limit = 3;
        var (running, most) = (0, 0);
        var (begun, done) = (new Arrivals<int>(), new Arrivals<int>());
        using var gate = new SemaphoreSlim(0);
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("limited", e =>
        {
            e.PrefetchCount = 20;
            e.ConcurrentMessageLimit = Limit;
            e.Handler<ThingHappened>(async x =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                begun.Add(x.Message.Number);
                await gate.WaitAsync().Soon();
                Interlocked.Decrement(ref running);
                done.Add(x.Message.Number);
            });
        }));

        await Task.WhenAll(Enumerable.Range(0, 12).Select(x => app.Bus.Publish(new ThingHappened("a", x))));
        await begun.Next(Limit);
        gate.Release(12);

        Assert.Equal(Enumerable.Range(0, 12), (await done.Next(12)).Order());
        Assert.Equal(Limit, most);

        static void InterlockedMax(ref int place, int value)
        {
            for (var seen = Volatile.Read(ref place); seen < value;)
                seen = Interlocked.CompareExchange(ref place, value, seen) is var found && found == seen ? value : found;
        }
    }

    [Theory, EveryTransport]
    public async Task one_consumer_may_be_limited_more_than_its_endpoint(Transport transport)
    {
        var (running, most) = (0, 0);
        var done = new Arrivals<int>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("limited", e => e.Handler<ThingHappened>(async x =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            done.Add(x.Message.Number);
        }, h => h.UseConcurrencyLimit(1))));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(x => app.Bus.Publish(new ThingHappened("a", x))));

        await done.Next(20);
        Assert.Equal(1, most);
    }

    [Theory, EveryTransport]
    public async Task a_kill_switch_stops_and_restarts_the_endpoint_and_what_waits_is_handled_then(Transport transport)
    {
        var handled = new Arrivals<int>();
        var moved = new Arrivals<ConsumeContext<Step>>();
        var healthy = false;
        var states = new Arrivals<string>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("switched", e =>
            {
                e.UseKillSwitch(x => x.SetActivationThreshold(2).SetTripThreshold(0.5).SetRestartTimeout(TimeSpan.FromSeconds(1)));
                e.ConnectReceiveEndpointObserver(new Restarts(states));
                e.Handler<Step>(x => healthy ? Take(handled, x.Message.Number) : throw new InvalidOperationException("planned"));
            });
            Queue(cfg, "switched_error", moved);
        });
        Assert.Equal("ready", await states.Next());

        for (var i = 0; i < 10; i++)
            await app.Bus.Publish(new Step("one", i));
        Assert.Equal("stopped", await states.Next());
        healthy = true;
        Assert.Equal("ready", await states.Next());

        await Eventually.True(() => handled.Count + moved.Count == 10, "every message was handled or moved");
        await app.Bus.Publish(new Step("one", 10));
        while (await handled.Next() != 10)
        {
        }
    }

    private sealed class Restarts(Arrivals<string> states) : IReceiveEndpointObserver
    {
        public Task Ready(ReceiveEndpointReady ready) => Take(states, "ready");

        public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed) => Take(states, "stopped");

        public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;
    }
}
