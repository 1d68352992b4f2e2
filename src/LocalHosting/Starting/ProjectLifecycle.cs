using System.Runtime.InteropServices;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Observing;

namespace Aspire.Hosting.Starting;

/// <summary>A project runs as the program that was built from it, in the folder of the project.</summary>
internal sealed class ProjectLifecycle(
    ProjectResource resource,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    DependencyWait dependencies,
    HealthMonitor health,
    TimeProvider time)
    : ResourceLifecycle(resource, notifications, logs, dependencies)
{
    /// <summary>Set for the process; <c>ServiceDefaults</c> then watches standard input.</summary>
    private const string StopWhenInputCloses = "LocalHosting__StopWhenInputCloses";

    /// <summary>The host program of the runtime that this process runs on: in the folder <c>shared/Microsoft.NETCore.App/version</c> is below.</summary>
    private static readonly string Dotnet = Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        Publish(KnownResourceStates.Starting);
        var launch = await LaunchAsync(stopping);
        await using var run = ProcessRun.Start(launch, Log, time);
        PublishRunning(launch, run.Id);

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var watch = health.RunAsync(resource, ended.Token);
        var stopped = await EndOrStopAsync(run, stopping);
        await ended.CancelAsync();
        await watch;

        var exitCode = await run.Ended;
        Publish(snapshot => snapshot with { State = stopped ? KnownResourceStates.Exited : KnownResourceStates.Finished, ExitCode = exitCode });
    }

    private async Task<bool> EndOrStopAsync(ProcessRun run, CancellationToken stopping)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = stopping.Register(asked.SetResult);
        await Task.WhenAny(run.Ended, asked.Task);
        if (run.Ended.IsCompleted)
        {
            return false;
        }

        Publish(KnownResourceStates.Stopping);
        await run.StopAsync();
        return true;
    }

    private async Task<Launch> LaunchAsync(CancellationToken cancellationToken)
    {
        var metadata = resource.Annotations.OfType<IProjectMetadata>().Single();
        var program = (metadata as IBuiltProject)?.ProgramPath;
        if (!File.Exists(program))
        {
            throw new DistributedApplicationException($"Project '{metadata.ProjectPath}' has not been built: there is no '{program}'.");
        }

        var variables = await ProcessEnvironment.VariablesAsync(resource, cancellationToken);
        variables[StopWhenInputCloses] = "true";
        return new Launch(
            Dotnet,
            [program, .. await ProcessEnvironment.ArgumentsAsync(resource, cancellationToken)],
            variables,
            Path.GetDirectoryName(metadata.ProjectPath)!);
    }

    private void PublishRunning(Launch launch, int pid)
    {
        var urls = resource.Annotations.OfType<EndpointAnnotation>()
            .Select(endpoint => new UrlSnapshot(endpoint.Name, new EndpointReference(resource, endpoint.Name).Url, IsInternal: false));
        var outstanding = HealthMonitor.KeysOf(resource).Select(key => new HealthReportSnapshot(key, Status: null, null, null));
        Publish(snapshot => (snapshot with
        {
            State = KnownResourceStates.Running,
            Urls = [.. urls],
            HealthReports = [.. outstanding],
        })
            .With("executable.pid", pid)
            .With("executable.path", launch.Program)
            .With("executable.args", launch.Arguments)
            .With("executable.workDir", launch.WorkingDirectory)
            .With("project.path", resource.Annotations.OfType<IProjectMetadata>().Single().ProjectPath)
            .With("log.file", Log.File));
    }
}
