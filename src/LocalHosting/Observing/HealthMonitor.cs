using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Observing;

/// <summary>Runs the health checks of a resource from the moment it is Running until it no longer is.</summary>
internal sealed class HealthMonitor(HealthCheckService checks, ResourceNotificationService notifications, TimeProvider time)
{
    private static readonly TimeSpan HealthyInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BackOffStep = TimeSpan.FromSeconds(1);
    private const int MaxBackOffSteps = 5;

    /// <summary>A resource that has just started is asked often: the first good answer is what everybody else waits for.</summary>
    private static readonly TimeSpan StartingInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartingPeriod = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<string> KeysOf(IResource resource) => [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key)];

    /// <summary>Lasts until cancelled.</summary>
    public async Task RunAsync(IResource resource, CancellationToken cancellationToken)
    {
        var keys = KeysOf(resource);
        if (keys.Count == 0)
        {
            return;
        }

        try
        {
            await CheckAgainAndAgainAsync(resource, keys, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The resource is no longer Running, and its health no longer of interest.
        }
    }

    private async Task CheckAgainAndAgainAsync(IResource resource, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var hasBeenHealthy = false;
        var failures = 0;
        while (true)
        {
            var report = await checks.CheckHealthAsync(check => keys.Contains(check.Name), cancellationToken);
            notifications.Publish(resource, snapshot => snapshot with { HealthReports = [.. report.Entries.Select(ToSnapshot)] });

            var healthy = report.Status == HealthStatus.Healthy;
            hasBeenHealthy |= healthy;
            failures = healthy ? 0 : Math.Min(failures + 1, MaxBackOffSteps);
            var pause = healthy ? HealthyInterval
                : !hasBeenHealthy && time.GetElapsedTime(started) < StartingPeriod ? StartingInterval
                : failures * BackOffStep;
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private static HealthReportSnapshot ToSnapshot(KeyValuePair<string, HealthReportEntry> entry) =>
        new(entry.Key, entry.Value.Status, entry.Value.Description, entry.Value.Exception?.Message);
}
