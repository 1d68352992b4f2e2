using Benchmarks.Transport.Sides;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Benchmarks.Transport;

/// <summary>One application with a bus, configured alike whatever carries its messages.</summary>
internal sealed class BusUnderTest : IAsyncDisposable
{
    /// <summary>Of every endpoint, as in MassTransit's own benchmark; as many may be handled at once.</summary>
    public const int Prefetch = 100;

    private readonly Microsoft.Extensions.Hosting.IHost _host;

    private BusUnderTest(Microsoft.Extensions.Hosting.IHost host) => _host = host;

    public IBus Bus => _host.Services.GetRequiredService<IBus>();

    public static Task<BusUnderTest> StartAsync(TransportSide side, Ledger ledger, params Type[] consumers) => StartAsync(side, ledger, (_, _) => { }, consumers);

    /// <param name="side">What carries the messages.</param>
    /// <param name="ledger">For its consumers.</param>
    /// <param name="configure">What one endpoint has that others have not, by its name.</param>
    /// <param name="consumers">Each has an endpoint.</param>
    public static async Task<BusUnderTest> StartAsync(TransportSide side, Ledger ledger, Action<string, IReceiveEndpointConfigurator> configure, params Type[] consumers)
    {
        // That of the bus before would log to what is disposed.
        LogContext.Current = null!;

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.Configure<MassTransitHostOptions>(host => host.WaitUntilStarted = true);
        builder.Services.AddSingleton(ledger);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConfigureEndpointsCallback((name, endpoint) =>
            {
                endpoint.PrefetchCount = Prefetch;
                endpoint.ConcurrentMessageLimit = Prefetch;
                configure(name, endpoint);
            });
            foreach (var consumer in consumers)
                bus.AddConsumer(consumer);
            side.Use(bus);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new BusUnderTest(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
