using Aspire.Hosting.Starting;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names of the commands that every process has.</summary>
public static class KnownResourceCommands
{
    /// <summary>Starts what is stopped, and starts at once what is Waiting.</summary>
    public static readonly string StartCommand = "resource-start";

    /// <summary>Stops, and returns when the process has ended.</summary>
    public static readonly string StopCommand = "resource-stop";

    /// <summary>Stops and starts; ports stay the same, environment variables are made anew.</summary>
    public static readonly string RestartCommand = "resource-restart";
}

/// <summary>What came of a command.</summary>
public sealed class ExecuteCommandResult
{
    /// <summary>Whether it was carried out.</summary>
    public required bool Success { get; init; }

    /// <summary>Why not.</summary>
    public string? ErrorMessage { get; init; }
}

/// <summary>Carries out commands on single resources. Members may be called from any thread.</summary>
public class ResourceCommandService
{
    private readonly Orchestrator _orchestrator;

    internal ResourceCommandService(Orchestrator orchestrator) => _orchestrator = orchestrator;

    /// <summary>Carries out a command.</summary>
    /// <param name="resourceId">Name of the resource, letter case ignored.</param>
    /// <param name="commandName">One of <see cref="KnownResourceCommands"/>.</param>
    /// <param name="cancellationToken">Gives up before the command; what has begun is finished.</param>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_orchestrator.Find(resourceId) is not { } lifecycle)
        {
            return new ExecuteCommandResult { Success = false, ErrorMessage = $"There is no resource '{resourceId}' to be started or stopped." };
        }

        if (commandName == KnownResourceCommands.StopCommand || commandName == KnownResourceCommands.RestartCommand)
        {
            await lifecycle.StopAsync();
        }
        else if (commandName != KnownResourceCommands.StartCommand)
        {
            return new ExecuteCommandResult { Success = false, ErrorMessage = $"Resource '{resourceId}' has no command '{commandName}'." };
        }

        if (commandName != KnownResourceCommands.StopCommand)
        {
            await lifecycle.StartAsync();
        }

        return new ExecuteCommandResult { Success = true };
    }
}
