using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Observing;
using Aspire.Hosting.Starting;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationTestingBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly ResourceCollection _resources = [];
    private DistributedApplication? _application;

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();
        AppHostDirectory = options.ProjectDirectory ?? RecordedDirectory(AppHostAssembly) ?? Directory.GetCurrentDirectory();
        _host = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = options.Args,
            ApplicationName = AppHostAssembly?.GetName().Name,
            ContentRootPath = AppHostDirectory,
        });
        AddLogging();
        AddOrchestration(options);
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public IResourceCollection Resources => _resources;

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (_resources.FirstOrDefault(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)) is { } taken)
        {
            throw new DistributedApplicationException(
                $"Resource '{resource.Name}' cannot be added: there is a resource '{taken.Name}', and letter case does not tell names apart.");
        }

        _resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        WaitGraph.RefuseCircles(_resources);
        return _application = new DistributedApplication(_host.Build());
    }

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => Task.FromResult(Build());

    public ValueTask DisposeAsync() => _application?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void AddLogging()
    {
        _host.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        _host.Logging.AddFilter("Microsoft.Hosting", LogLevel.Warning);
        _host.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Warning);
        // A check that fails while a resource starts is no error of the app host; the resource's state shows it.
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
    }

    private void AddOrchestration(DistributedApplicationOptions options)
    {
        Services.AddSingleton(options);
        Services.TryAddSingleton(TimeProvider.System);
        Services.AddSingleton(new DistributedApplicationModel(_resources));
        Services.AddSingleton(new ResourceNotificationService(failFast: options.DisableDashboard));
        Services.AddSingleton(services => new ResourceLoggerService(new LogDirectory(this), services.GetRequiredService<TimeProvider>()));
        Services.AddSingleton(services => new ResourceCommandService(services.GetRequiredService<Orchestrator>()));
        Services.AddSingleton<PortAllocation>();
        Services.AddSingleton<DependencyWait>();
        Services.AddSingleton<HealthMonitor>();
        Services.AddSingleton<Orchestrator>();
        Services.AddHealthChecks();
        if (!options.DisableDashboard)
        {
            Services.AddHostedService<ConsoleProgress>();
        }

        Services.AddHostedService(services => services.GetRequiredService<Orchestrator>());
        // Time for two rounds of polite stop before the host gives up on the rest.
        Services.Configure<HostOptions>(host => host.ShutdownTimeout = 4 * ProcessRun.StopTimeout);
    }

    private static string? RecordedDirectory(Assembly? assembly) => assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => string.Equals(attribute.Key, "apphostprojectpath", StringComparison.OrdinalIgnoreCase))?.Value;
}
