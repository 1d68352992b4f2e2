using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Starting;

internal sealed record NamedLaunchProfile(string Name, LaunchProfile Profile);

/// <summary>Which launch profile a project is started with.</summary>
internal static class LaunchProfileChoice
{
    /// <exception cref="DistributedApplicationException">A profile is named that the project has not.</exception>
    public static NamedLaunchProfile? Choose(IProjectMetadata project, ProjectResourceOptions options, IConfiguration configuration)
    {
        if (options.ExcludeLaunchProfile)
        {
            return null;
        }

        var profiles = LaunchSettings.Of(project)?.Profiles ?? [];
        if (options.LaunchProfileName is { } named)
        {
            return Find(profiles, named)
                ?? throw new DistributedApplicationException($"Project '{project.ProjectPath}' has no launch profile '{named}'.");
        }

        var preferred = configuration["AppHost:DefaultLaunchProfileName"] ?? configuration["DOTNET_LAUNCH_PROFILE"];
        return (preferred is null ? null : Find(profiles, preferred)) ?? profiles
            .Where(profile => profile.Value.CommandName == "Project")
            .Select(profile => new NamedLaunchProfile(profile.Key, profile.Value))
            .FirstOrDefault();
    }

    private static NamedLaunchProfile? Find(Dictionary<string, LaunchProfile> profiles, string name) =>
        profiles.TryGetValue(name, out var profile) ? new NamedLaunchProfile(name, profile) : null;
}
