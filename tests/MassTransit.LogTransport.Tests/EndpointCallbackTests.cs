using MassTransit.LogTransport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.LogTransport.Tests;

/// <summary>Callbacks that configure what only an endpoint over the log has.</summary>
public sealed class EndpointCallbackTests(SharedBroker broker)
{
    private readonly string _prefix = LogBus.NewPrefix();
    private readonly Arrivals<string> _arrived = new();

    [Fact]
    public async Task a_callback_is_given_every_endpoint_that_is_made_for_a_consumer()
    {
        var names = new Arrivals<string>();
        await Past();

        await using var app = await Start(x => x.AddLogConfigureEndpointsCallback((_, name, e) =>
        {
            names.Add(name);
            e.StartFrom(StartPosition.Earliest);
        }));

        Assert.Equal("Reading", await names.Next());
        Assert.Equal("past", await _arrived.Next());
    }

    [Fact]
    public async Task the_endpoint_of_one_consumer_has_a_callback_of_its_own()
    {
        await Past();

        await using var app = await Start(_ => { }, e => e.AddLogConfigureEndpointCallback((_, log) => log.StartFrom(StartPosition.Earliest)));

        Assert.Equal("past", await _arrived.Next());
    }

    [Fact]
    public async Task over_another_transport_it_is_not_called()
    {
        await using var app = await BusApp.StartAsync(x =>
        {
            x.AddSingleton(_arrived);
            x.AddLogConfigureEndpointsCallback((_, name, _) => throw new InvalidOperationException($"{name} is no endpoint over the log"));
            x.AddConsumer<ReadingConsumer>();
            x.UsingInMemory((context, cfg) => cfg.ConfigureEndpoints(context));
        });

        await app.Bus.Publish(new ThingHappened("now", 1));

        Assert.Equal("now", await _arrived.Next());
    }

    private async Task Past()
    {
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix));
        await app.Bus.Publish(new ThingHappened("past", 1));
    }

    private Task<BusApp> Start(Action<IBusRegistrationConfigurator> register, Action<IEndpointRegistrationConfigurator>? endpoint = null)
    {
        return BusApp.StartAsync(x =>
        {
            x.AddSingleton(_arrived);
            register(x);
            x.AddConsumer<ReadingConsumer>().Endpoint(e => endpoint?.Invoke(e));
            x.UsingTestLog(broker.BootstrapServers, _prefix, (context, cfg) => cfg.ConfigureEndpoints(context));
        });
    }

    public sealed class ReadingConsumer(Arrivals<string> arrived) : IConsumer<ThingHappened>
    {
        public Task Consume(ConsumeContext<ThingHappened> context)
        {
            arrived.Add(context.Message.Name);
            return Task.CompletedTask;
        }
    }
}
