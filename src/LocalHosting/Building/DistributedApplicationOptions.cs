namespace Aspire.Hosting;

/// <summary>How an application builder is made.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>Command line of the app host; becomes configuration. Default none.</summary>
    public string[]? Args { get; set; }

    /// <summary>Name of the app host's assembly. Default: the program that runs.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Folder of the app host's project. Default: the one recorded in its assembly, else the current directory.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>
    /// Default false. True keeps the console silent, and a resource whose dependency fails then fails too instead of waiting for
    /// somebody to start the dependency again.
    /// </summary>
    public bool DisableDashboard { get; set; }
}
