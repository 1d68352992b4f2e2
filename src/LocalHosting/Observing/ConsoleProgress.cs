using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Observing;

/// <summary>Tells on the console, one line per change, what the resources do, and shows the last lines of one that has failed.</summary>
internal sealed class ConsoleProgress(ResourceNotificationService notifications, ResourceLoggerService logs, DistributedApplicationModel model) : BackgroundService
{
    private const int LastLines = 20;

    private readonly Dictionary<string, string> _told = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(stoppingToken))
            {
                Tell(change);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The resources have stopped; there is nothing left to tell.
        }
    }

    private void Tell(ResourceEvent change)
    {
        var text = TextOf(change);
        if (change.Resource is ProjectResource && text is not null && _told.GetValueOrDefault(change.ResourceId) != text)
        {
            _told[change.ResourceId] = text;
            Console.WriteLine($"  {change.ResourceId.PadRight(model.Resources.Max(resource => resource.Name.Length))}  {text}");
        }
    }

    private string? TextOf(ResourceEvent change) => change.Snapshot switch
    {
        { HealthStatus: HealthStatus.Healthy } => "Healthy",
        { HealthStatus: not null, HealthReports: var reports } when _told.GetValueOrDefault(change.ResourceId) == "Healthy" =>
            $"Unhealthy: {string.Join("; ", reports.Select(report => report.Description))}",
        { HealthStatus: not null } => null,
        { State.Text: "Waiting" } => $"Waiting for {string.Join(", ", DependenciesOf(change.Resource))}",
        { State.Text: "Finished", ExitCode: 0 } => "Finished",
        { State.Text: "Finished", ExitCode: { } code } => $"exited unexpectedly with code {code}{LogOf(change)}",
        { State.Text: "FailedToStart" } => $"failed to start{LogOf(change)}",
        { State.Text: "Exited", ExitCode: { } code and not 0 } => $"Exited with code {code}",
        { State.Text: "NotStarted" } when !_told.ContainsKey(change.ResourceId) => null,
        { State.Text: var state } => state,
        _ => null,
    };

    private static IEnumerable<string> DependenciesOf(IResource resource) =>
        resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).Distinct();

    private string LogOf(ResourceEvent change)
    {
        var log = logs.Of(change.ResourceId);
        var lines = log.Lines.TakeLast(LastLines).Select(line => $"{Environment.NewLine}    | {ResourceLog.WithoutColours(line.Content)}");
        return $". Its last lines, from {log.File}:{string.Concat(lines)}";
    }
}
