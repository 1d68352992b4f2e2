using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// The present state of every resource, and its changes. Members may be called from any thread. Waiting for a resource that does not
/// exist lasts until it is cancelled.
/// </summary>
public class ResourceNotificationService
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly bool _failFast;

    internal ResourceNotificationService(bool failFast) => _failFast = failFast;

    /// <summary>Waits for a state.</summary>
    /// <param name="resourceName">Letter case ignored.</param>
    /// <param name="targetState">Default <see cref="KnownResourceStates.Running"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits for one of several states and says which it is.</summary>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var states = targetStates.ToHashSet();
        var reached = await WaitForResourceAsync(resourceName, e => e.Snapshot.State is { } state && states.Contains(state.Text), cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    /// <summary>Waits for a moment at which a condition holds. The present moment counts; no change after it is missed.</summary>
    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var change in WatchAsync(cancellationToken))
        {
            if (string.Equals(change.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(change))
            {
                return change;
            }
        }

        throw new OperationCanceledException($"The wait for resource '{resourceName}' was given up.", cancellationToken);
    }

    /// <summary>Waits until a resource is Running and healthy.</summary>
    /// <exception cref="DistributedApplicationException">The dashboard is disabled, as in tests, and the resource has failed or ended.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(
            resourceName,
            e => e.Snapshot.HealthStatus == HealthStatus.Healthy || (_failFast && e.Snapshot.IsTerminal),
            cancellationToken);
        return reached.Snapshot.HealthStatus == HealthStatus.Healthy
            ? reached
            : throw new DistributedApplicationException(
                $"Resource '{resourceName}' is {reached.Snapshot.State!.Text}{ExitCode(reached.Snapshot)} and will not become healthy.");
    }

    /// <summary>The present state of every resource, then every change in order, until cancelled.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Unbounded: a resource changes a few times per start, so a slow reader holds up little.
        var channel = Channel.CreateUnbounded<ResourceEvent>();
        ResourceEvent[] present;
        lock (_lock)
        {
            present = [.. _current.Values];
            _watchers.Add(channel);
        }

        try
        {
            foreach (var state in present)
            {
                yield return state;
            }

            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    /// <summary>The present state of a resource; false if there is none of that name.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_lock)
        {
            return _current.TryGetValue(resourceId, out resourceEvent);
        }
    }

    internal void Publish(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        lock (_lock)
        {
            var before = _current.TryGetValue(resource.Name, out var present)
                ? present.Snapshot
                : new CustomResourceSnapshot { ResourceType = TypeOf(resource), Properties = [] };
            var after = new ResourceEvent(resource, resource.Name, change(before));
            _current[resource.Name] = after;
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(after);
            }
        }
    }

    private static string TypeOf(IResource resource) => resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal);

    private static string ExitCode(CustomResourceSnapshot snapshot) => snapshot.ExitCode is { } code ? $" with code {code}" : "";
}

/// <summary>A resource at one moment.</summary>
/// <param name="resource">The resource.</param>
/// <param name="resourceId">Its name.</param>
/// <param name="snapshot">What is known about it.</param>
public class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    /// <summary>The resource.</summary>
    public IResource Resource => resource;

    /// <summary>Its name.</summary>
    public string ResourceId => resourceId;

    /// <summary>What is known about it.</summary>
    public CustomResourceSnapshot Snapshot => snapshot;
}
