using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What is known about a resource at one moment.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary>Kind of resource: <c>Project</c> or <c>ConnectionString</c>.</summary>
    public required string ResourceType { get; init; }

    /// <summary>
    /// <c>executable.pid</c> (an int), <c>executable.path</c>, <c>executable.args</c>, <c>executable.workDir</c>, <c>project.path</c>,
    /// <c>resource.connectionString</c>, and, which Aspire has not, <c>log.file</c>.
    /// </summary>
    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    /// <summary>One of <see cref="KnownResourceStates"/>.</summary>
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>Set once the process has ended; 128 plus the signal's number if a signal ended it.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The addresses of the endpoints.</summary>
    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    /// <summary>The last result of each health check; without a status it has not run yet.</summary>
    public ImmutableArray<HealthReportSnapshot> HealthReports { get; internal init; } = [];

    /// <summary>Null unless Running. Healthy without checks, else the worst report; one that is outstanding counts as Unhealthy.</summary>
    public HealthStatus? HealthStatus => State?.Text != KnownResourceStates.Running
        ? null
        : HealthReports.Select(report => report.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy)
            .DefaultIfEmpty(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy)
            .Min();

    internal bool IsTerminal => KnownResourceStates.TerminalStates.Contains(State?.Text);

    internal CustomResourceSnapshot With(string property, object? value) => this with
    {
        Properties = [.. Properties.Where(other => other.Name != property), new ResourcePropertySnapshot(property, value)],
    };
}

/// <summary>A state by name.</summary>
/// <param name="Text">One of <see cref="KnownResourceStates"/>.</param>
/// <param name="Style">Not used.</param>
public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    /// <summary>A state without style.</summary>
    public static implicit operator ResourceStateSnapshot?(string? text) => text is null ? null : new ResourceStateSnapshot(text, null);
}

/// <summary>A named value of a resource.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record ResourcePropertySnapshot(string Name, object? Value);

/// <summary>An address of a resource.</summary>
/// <param name="Name">Name of the endpoint.</param>
/// <param name="Url">The address.</param>
/// <param name="IsInternal">Always false.</param>
public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal);

/// <summary>A result of a health check.</summary>
/// <param name="Name">Key of the check.</param>
/// <param name="Status">Null before its first run.</param>
/// <param name="Description">What the check says.</param>
/// <param name="ExceptionText">What went wrong inside the check.</param>
public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText);
