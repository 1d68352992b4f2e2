namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states of a resource.</summary>
public static class KnownResourceStates
{
    /// <summary>Not started yet: marked for explicit start, or stopped before its wait was over.</summary>
    public static readonly string NotStarted = nameof(NotStarted);

    /// <summary>Its start is put off until others are ready.</summary>
    public static readonly string Waiting = nameof(Waiting);

    /// <summary>Its process is being started.</summary>
    public static readonly string Starting = nameof(Starting);

    /// <summary>Its process runs. Whether it is of use is said by its health.</summary>
    public static readonly string Running = nameof(Running);

    /// <summary>Its process has been asked to end.</summary>
    public static readonly string Stopping = nameof(Stopping);

    /// <summary>The app host has ended its process.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>Its process has ended by itself; the exit code tells how.</summary>
    public static readonly string Finished = nameof(Finished);

    /// <summary>No process could be started, or a dependency failed.</summary>
    public static readonly string FailedToStart = nameof(FailedToStart);

    /// <summary>The states in which nothing happens any more until somebody starts the resource again.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}
