using MassTransit.InMemoryTransport;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;

namespace Compliance.Transports;

/// <summary>MassTransit's own in-memory transport: the oracle for what it has. Each bus is a place of its own.</summary>
public sealed class InMemoryUnderTest : ITransportUnderTest
{
    public string Name => "in memory";
    public bool IsLong => false;

    public IReadOnlyDictionary<Capability, string> Lacks { get; } = new Dictionary<Capability, string>
    {
        [Capability.SharedBroker] = "each bus is its own broker, and takes its messages with it when it ends",
        [Capability.EarlyMessages] = "a send makes an exchange without a queue, which drops what it gets",
        [Capability.FanOutOfSends] = "a type is bound to its base types when it is published, and a send does not do that",
        [Capability.Cancelling] = "its delayed scheduler ignores a cancellation",
        [Capability.TimeToLive] = "it delivers what has expired",
        [Capability.KeyOrder] = "it hands messages to consumers side by side and knows no key",
        [Capability.Replay] = "a message goes to the queues that are there, and is gone when it is handled",
        [Capability.ThrownIsMoved] = "it drops the message",
        [Capability.Purge] = "a queue begins empty",
    };

    public Task Prepare(string place) => Task.CompletedTask;

    public void Use(IBusRegistrationConfigurator configurator, string place, Action<IBusRegistrationContext, IBusFactoryConfigurator>? configure)
    {
        configurator.UsingInMemory((context, cfg) =>
        {
            configure?.Invoke(context, cfg);
            cfg.ConfigureEndpoints(context);
        });
    }

    public void UseScheduler(IBusFactoryConfigurator configurator) => configurator.UseDelayedMessageScheduler();

    public ITestTime NewTime() => new BusTime();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class BusTime : ITestTime
    {
        public void Register(IServiceCollection services)
        {
        }

        /// <summary>This transport begins to wait some time after the send is over, so its time is moved again when nothing comes.</summary>
        public async Task<T> After<T>(BusApp app, TimeSpan time, Arrivals<T> arrivals)
        {
            var clock = (IInMemoryDelayProvider)app.Services.GetRequiredService<IBusInstance>();
            using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            var next = arrivals.Next();

            do
                await clock.Advance(time);
            while (await Task.WhenAny(next, again.WaitForNextTickAsync().AsTask()) != next);

            return await next;
        }
    }
}
