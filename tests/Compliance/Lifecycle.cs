using Compliance.Support;
using Compliance.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Compliance;

/// <summary>Starting, stopping, health, and several buses in one application.</summary>
public sealed class Lifecycle : Behaviours
{
    [Theory, EveryTransport]
    public async Task a_bus_that_was_started_is_healthy_with_all_its_endpoints(Transport transport)
    {
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("one", e => e.Handler<ThingHappened>(_ => Task.CompletedTask));
            cfg.ReceiveEndpoint("two", e => e.Handler<ThingHappened>(_ => Task.CompletedTask));
        });

        var health = app.Bus.CheckHealth();
        var report = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal(BusHealthStatus.Healthy, health.Status);
        Assert.All(["/one", "/two"], name => Assert.Single(health.Endpoints, x => new Uri(x.Key).AbsolutePath.EndsWith(name, StringComparison.Ordinal) && x.Value.Status == BusHealthStatus.Healthy));
        Assert.Equal(HealthStatus.Healthy, report.Status);
    }

    [Theory, EveryTransport]
    public async Task a_bus_that_was_stopped_is_not_healthy(Transport transport)
    {
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("one", e => e.Handler<ThingHappened>(_ => Task.CompletedTask)));

        await app.Bus.StopAsync(CancellationToken.None).Soon();

        Assert.Equal(BusHealthStatus.Unhealthy, app.Bus.CheckHealth().Status);
    }

    [Theory, EveryTransport]
    public async Task a_stop_waits_for_the_message_in_hand(Transport transport)
    {
        var begun = new Arrivals<string>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = false;
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("slow", e => e.Handler<ThingHappened>(async x =>
        {
            begun.Add(x.Message.Name);
            await gate.Task;
            done = true;
        })));
        await app.Bus.Publish(new ThingHappened("a", 1));
        await begun.Next();

        var stopping = app.Bus.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        await stopping.Soon();

        Assert.True(done);
    }

    [Theory, EveryTransport(Capability.SharedBroker)]
    public async Task what_was_in_hand_at_a_stop_is_not_delivered_again(Transport transport)
    {
        var begun = new Arrivals<string>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var app = await Start(transport, Slow))
        {
            await app.Bus.Publish(new ThingHappened("in hand", 1));
            Assert.Equal("in hand", await begun.Next());
            var stopping = app.Bus.StopAsync(CancellationToken.None);
            gate.SetResult();
            await stopping.Soon();
        }

        await using (var app = await Start(transport, Slow))
        {
            await app.Bus.Publish(new ThingHappened("next", 2));

            Assert.Equal("next", await begun.Next());
        }

        void Slow(IBusFactoryConfigurator cfg) => cfg.ReceiveEndpoint("slow", e => e.Handler<ThingHappened>(async x =>
        {
            begun.Add(x.Message.Name);
            await gate.Task;
        }));
    }

    [Theory, EveryTransport]
    public async Task a_bus_that_was_stopped_can_be_started_again(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name))));
        await app.Bus.Publish(new ThingHappened("a", 1));
        Assert.Equal("a", await arrived.Next());

        await app.Bus.StopAsync(CancellationToken.None).Soon();
        await app.Bus.StartAsync(CancellationToken.None).Soon();
        await app.Bus.Publish(new ThingHappened("b", 2));

        Assert.Equal("b", await arrived.Next());
    }

    [Theory, EveryTransport]
    public async Task an_application_may_have_several_buses_and_each_is_its_own(Transport transport)
    {
        var (first, second) = (new Arrivals<string>(), new Arrivals<string>());
        await TransportsUnderTest.All[transport].Prepare(Place);
        await using var app = await BusApp.StartAsync(
            x => Use(transport, x, (_, cfg) => cfg.ReceiveEndpoint("first", e => e.Handler<ThingHappened>(c => Take(first, c.Message.Name)))),
            services: services => services.AddMassTransit<ISecondBus>(x =>
            {
                x.DisableUsageTelemetry();
                Use(transport, x, (_, cfg) => cfg.ReceiveEndpoint("second", e => e.Handler<OtherHappened>(c => Take(second, c.Message.Name))));
            }));

        await app.Bus.Publish(new ThingHappened("a", 1));
        await app.Services.GetRequiredService<ISecondBus>().Publish(new OtherHappened("b"));

        Assert.Equal(("a", "b"), (await first.Next(), await second.Next()));
        Assert.NotEqual(app.Bus.Address, app.Services.GetRequiredService<ISecondBus>().Address);
    }
}

public interface ISecondBus : IBus;
