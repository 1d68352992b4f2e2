using System.Text.Json;

namespace Aspire.Hosting;

/// <summary>The launch profiles of a project.</summary>
public sealed class LaunchSettings
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>By name, in order of the file.</summary>
    public Dictionary<string, LaunchProfile> Profiles { get; set; } = [];

    internal static LaunchSettings? Of(IProjectMetadata project)
    {
        if (project.LaunchSettings is { } given)
        {
            return given;
        }

        var file = Path.Combine(Path.GetDirectoryName(project.ProjectPath)!, "Properties", "launchSettings.json");
        return File.Exists(file) ? JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(file), Json) : null;
    }
}

/// <summary>One way to start a project.</summary>
public sealed class LaunchProfile
{
    /// <summary><c>Project</c> for a profile that starts the project itself; others are ignored unless named.</summary>
    public string? CommandName { get; set; }

    /// <summary>Addresses to listen on, <c>;</c> between them. Each becomes an endpoint named by its scheme.</summary>
    public string? ApplicationUrl { get; set; }

    /// <summary>Environment variables of the process.</summary>
    public Dictionary<string, string> EnvironmentVariables { get; set; } = [];
}
