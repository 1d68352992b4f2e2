using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>One process of an application: a host with a bus.</summary>
public sealed class BusApp : IAsyncDisposable
{
    private readonly IHost _host;

    private BusApp(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;
    public IBusControl Bus => Services.GetRequiredService<IBusControl>();

    public static async Task<BusApp> StartAsync(Action<IBusRegistrationConfigurator> configure, bool waitUntilStarted = true,
        Action<IServiceCollection>? services = null)
    {
        // Of an application that ran before in the same test.
        LogContext.Current = null!;

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddFilter(_ => true).SetMinimumLevel(LogLevel.Debug);
        builder.Logging.AddProvider(new TestOutputLoggerProvider());
        builder.Services.AddHealthChecks();
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(x =>
        {
            x.WaitUntilStarted = waitUntilStarted;
            x.StartTimeout = Deadline.Limit;
            x.StopTimeout = Deadline.Limit;
        });
        services?.Invoke(builder.Services);
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            configure(x);
        });

        var app = new BusApp(builder.Build());
        await app._host.StartAsync(TestContext.Current.CancellationToken).Soon();
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
