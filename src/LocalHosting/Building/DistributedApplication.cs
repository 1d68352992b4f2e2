using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Starting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>
/// An application of several processes. Once started it owns them: stopping or disposing it ends every one, and they end by themselves
/// when its own process is killed. Members may be called from any thread.
/// </summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;

    internal DistributedApplication(IHost host) => _host = host;

    /// <summary>Services of the app host itself.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>States of the resources, and waiting for them.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>Start, stop and restart of single resources.</summary>
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    /// <summary>A builder configured by a command line.</summary>
    /// <param name="args">Settings as <c>--key value</c>; they override settings files and environment.</param>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => CreateBuilder(new DistributedApplicationOptions { Args = args });

    /// <summary>A builder with options.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>
    /// Starts every resource that is not marked for explicit start, and returns when each has left its wait for others. On failure
    /// nothing stays started.
    /// </summary>
    /// <exception cref="DistributedApplicationException">A port is busy. Nothing has been started.</exception>
    /// <exception cref="InvalidOperationException">An endpoint is declared in a way that cannot work.</exception>
    public virtual async Task StartAsync(CancellationToken cancellationToken = default)
    {
        Services.GetRequiredService<PortAllocation>().Allocate();
        try
        {
            await _host.StartAsync(cancellationToken);
            await Services.GetRequiredService<Orchestrator>().WaitUntilStartedAsync(cancellationToken);
        }
        catch
        {
            await StopAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Stops the resources, dependants first: asks each politely, and ends those that do not comply within ten seconds.</summary>
    public virtual Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <summary>Starts, runs until Ctrl-C, SIGTERM or cancellation, and stops.</summary>
    /// <inheritdoc cref="StartAsync" path="/exception"/>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        var lifetime = Services.GetRequiredService<IHostApplicationLifetime>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            await StartAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ctrl-C before everything was up. StartAsync has stopped what ran.
            return;
        }

        await _host.WaitForShutdownAsync(cancellationToken);
    }

    /// <summary>Ends every process that still runs.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        await Services.GetRequiredService<Orchestrator>().StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Not for use: processes can only be awaited asynchronously.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    void IDisposable.Dispose() => throw new NotSupportedException($"Dispose {nameof(DistributedApplication)} asynchronously.");
}
