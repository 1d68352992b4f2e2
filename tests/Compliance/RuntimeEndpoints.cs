using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>Endpoints that come and go while the bus runs.</summary>
public sealed class RuntimeEndpoints : Behaviours
{
    [Theory, EveryTransport]
    public async Task an_endpoint_can_be_connected_while_the_bus_runs(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, _ => { });

        var late = app.Bus.ConnectReceiveEndpoint("late", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name)));
        await late.Ready.Soon();
        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.Equal("a", await arrived.Next());
        await late.StopAsync(CancellationToken.None).Soon();
    }

    [Theory, EveryTransport]
    public async Task what_is_published_while_an_endpoint_is_disconnected_waits_until_it_is_connected_again(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, _ => { });
        var first = await Connect("first");
        await app.Bus.Publish(new ThingHappened("a", 1));
        Assert.Equal("first a", await arrived.Next());
        await first.StopAsync(CancellationToken.None).Soon();

        await app.Bus.Publish(new ThingHappened("b", 2));
        var second = await Connect("second");

        Assert.Equal("second b", await arrived.Next());
        await second.StopAsync(CancellationToken.None).Soon();

        async Task<HostReceiveEndpointHandle> Connect(string time)
        {
            var handle = app.Bus.ConnectReceiveEndpoint("coming-and-going", e => e.Handler<ThingHappened>(x => Take(arrived, $"{time} {x.Message.Name}")));
            await handle.Ready.Soon();
            return handle;
        }
    }

    [Theory, EveryTransport]
    public async Task the_observer_of_an_endpoint_is_told_that_it_is_ready_and_that_it_is_done(Transport transport)
    {
        var told = new EndpointStates();
        await using var app = await Start(transport, _ => { });

        var late = app.Bus.ConnectReceiveEndpoint("late", e =>
        {
            e.ConnectReceiveEndpointObserver(told);
            e.Handler<ThingHappened>(_ => Task.CompletedTask);
        });
        await late.Ready.Soon();
        await late.StopAsync(CancellationToken.None).Soon();

        Assert.Equal(["late ready", "late stopping", "late completed"], await told.Next(3));
    }

    private sealed class EndpointStates : IReceiveEndpointObserver
    {
        private readonly Arrivals<string> _states = new();

        public Task<List<string>> Next(int count) => _states.Next(count);

        public Task Ready(ReceiveEndpointReady ready) => Take(_states, Name(ready.InputAddress) + " ready");

        public Task Stopping(ReceiveEndpointStopping stopping) => Take(_states, Name(stopping.InputAddress) + " stopping");

        public Task Completed(ReceiveEndpointCompleted completed) => Take(_states, Name(completed.InputAddress) + " completed");

        public Task Faulted(ReceiveEndpointFaulted faulted) => Take(_states, Name(faulted.InputAddress) + " faulted");

        private static string Name(Uri address) => address.AbsolutePath.Split('/')[^1];
    }
}
