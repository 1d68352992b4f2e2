using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Observing;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Starting;

/// <summary>Starts all resources, each as soon as those it waits for are ready, and stops each after those that wait for it.</summary>
internal sealed class Orchestrator(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    DependencyWait dependencies,
    HealthMonitor health,
    TimeProvider time) : IHostedService
{
    private readonly Dictionary<IResource, ResourceLifecycle> _lifecycles = [];
    private readonly Lock _lock = new();
    private Task? _stop;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var resource in model.Resources)
        {
            _lifecycles[resource] = LifecycleOf(resource);
            notifications.Publish(resource, snapshot => snapshot with { State = KnownResourceStates.NotStarted });
        }

        foreach (var lifecycle in _lifecycles.Values.Where(lifecycle => !IsExplicit(lifecycle.Resource)))
        {
            await lifecycle.StartAsync();
        }
    }

    /// <summary>Returns when no resource waits any more, whatever came of it.</summary>
    public Task WaitUntilStartedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_lifecycles.Values.Select(lifecycle => lifecycle.LeftWait)).WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _stop ??= StopAllAsync();
        }
    }

    /// <summary>Null if there is no resource of that name, or the application is not started or is stopping.</summary>
    public ResourceLifecycle? Find(string name)
    {
        lock (_lock)
        {
            return _stop is not null ? null : _lifecycles.Values
                .FirstOrDefault(lifecycle => string.Equals(lifecycle.Resource.Name, name, StringComparison.OrdinalIgnoreCase));
        }
    }

    private async Task StopAllAsync()
    {
        var stops = new Dictionary<IResource, Task>();
        await Task.WhenAll(_lifecycles.Keys.Select(Stop));

        Task Stop(IResource resource) => stops.TryGetValue(resource, out var stop) ? stop : stops[resource] = StopAfter(
            [.. _lifecycles.Keys.Where(other => WaitGraph.DependenciesOf(other).Contains(resource)).Select(Stop)], _lifecycles[resource]);

        static async Task StopAfter(Task[] dependants, ResourceLifecycle lifecycle)
        {
            await Task.WhenAll(dependants);
            await lifecycle.StopAsync();
        }
    }

    private static bool IsExplicit(IResource resource) => resource.Annotations.OfType<ExplicitStartAnnotation>().Any();

    private ResourceLifecycle LifecycleOf(IResource resource) => resource switch
    {
        ProjectResource project => new ProjectLifecycle(project, notifications, logs, dependencies, health, time),
        ConnectionStringResource connectionString => new ConnectionStringLifecycle(connectionString, notifications, logs, dependencies),
        _ => throw new NotSupportedException($"Resources of type {resource.GetType().Name} cannot be started here."),
    };
}
