using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Compliance.Transports;

/// <summary>This repository's transport, over any broker that speaks the protocol. A place is a prefix.</summary>
public abstract class LogTransportUnderTest : ITransportUnderTest
{
    public abstract string Name { get; }
    public abstract bool IsLong { get; }
    public IReadOnlyDictionary<Capability, string> Lacks { get; } = new Dictionary<Capability, string>();

    protected abstract string BootstrapServers { get; }

    public abstract Task Prepare(string place);

    public void Use(IBusRegistrationConfigurator configurator, string place, Action<IBusRegistrationContext, IBusFactoryConfigurator>? configure)
    {
        configurator.UsingTestLog(BootstrapServers, place + ".", (context, cfg) =>
        {
            configure?.Invoke(context, cfg);
            cfg.ConfigureEndpoints(context);
        });
    }

    public void UseScheduler(IBusFactoryConfigurator configurator) => configurator.UseLogMessageScheduler();

    public ITestTime NewTime() => new OwnersTime();

    public abstract ValueTask DisposeAsync();

    /// <summary>What is due is delivered by the clock of the container.</summary>
    private sealed class OwnersTime : ITestTime
    {
        private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

        public void Register(IServiceCollection services) => services.AddSingleton<TimeProvider>(_time);

        public Task<T> After<T>(BusApp app, TimeSpan time, Arrivals<T> arrivals)
        {
            _time.Advance(time);
            return arrivals.Next();
        }
    }
}
