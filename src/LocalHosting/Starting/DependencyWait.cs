using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Starting;

/// <summary>Waits until a resource may start.</summary>
internal sealed class DependencyWait(ResourceNotificationService notifications, DistributedApplicationOptions options)
{
    /// <exception cref="DistributedApplicationException">A dependency has failed, and nobody will start it again.</exception>
    public Task WaitAsync(IResource resource, CancellationToken cancellationToken) =>
        Task.WhenAll(resource.Annotations.OfType<WaitAnnotation>().Select(wait => WaitAsync(wait, cancellationToken)));

    private async Task WaitAsync(WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var reached = await notifications.WaitForResourceAsync(wait.Resource.Name, e => IsOver(wait, e.Snapshot), cancellationToken);
        if (Fault(wait, reached.Snapshot) is { } fault)
        {
            throw new DistributedApplicationException($"Dependency '{wait.Resource.Name}' {fault}.");
        }
    }

    private bool IsOver(WaitAnnotation wait, CustomResourceSnapshot snapshot) =>
        wait.Type == WaitType.UntilCompleted ? snapshot.IsTerminal : IsMet(wait, snapshot) || (options.DisableDashboard && snapshot.IsTerminal);

    private static bool IsMet(WaitAnnotation wait, CustomResourceSnapshot snapshot) => wait.Type switch
    {
        WaitType.UntilStarted => snapshot.State?.Text == KnownResourceStates.Running,
        WaitType.UntilHealthy => snapshot.HealthStatus == HealthStatus.Healthy,
        _ => snapshot.IsTerminal && snapshot.State?.Text != KnownResourceStates.FailedToStart && snapshot.ExitCode == wait.ExitCode,
    };

    private static string? Fault(WaitAnnotation wait, CustomResourceSnapshot snapshot) => (IsMet(wait, snapshot), snapshot.State?.Text) switch
    {
        (true, _) => null,
        (_, "FailedToStart") => "failed to start",
        _ when wait.Type == WaitType.UntilCompleted => $"ended with code {snapshot.ExitCode} instead of {wait.ExitCode}",
        (_, var state) => $"is {state} before it was of use",
    };
}
