using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Starting;

namespace Aspire.Hosting;

/// <summary>How a project is added.</summary>
public class ProjectResourceOptions
{
    /// <summary>The launch profile to use; null means the default one.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>
    /// Use no launch profile. Default false. The process then has neither its addresses nor its environment name from there: an ASP.NET Core
    /// program runs as Production, whatever the environment of the app host.
    /// </summary>
    public bool ExcludeLaunchProfile { get; set; }
}

/// <summary>Projects as resources.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project that is started with its default launch profile.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">A valid resource name that is not taken.</param>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, _ => { });

    /// <summary>Adds a project that is started with a launch profile.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">A valid resource name that is not taken.</param>
    /// <param name="launchProfileName">Name of the profile; null means none.</param>
    /// <exception cref="DistributedApplicationException">The project has no profile of that name.</exception>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, options =>
        {
            options.LaunchProfileName = launchProfileName;
            options.ExcludeLaunchProfile = launchProfileName is null;
        });

    /// <summary>Adds a project.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">A valid resource name that is not taken.</param>
    /// <param name="configure">Chooses the launch profile.</param>
    /// <exception cref="DistributedApplicationException">The project has no profile of the name chosen.</exception>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new()
    {
        var options = new ProjectResourceOptions();
        configure(options);
        var metadata = new TProject();
        var resource = builder.AddResource(new ProjectResource(name));
        resource.Resource.Annotations.Add(metadata);

        var profile = LaunchProfileChoice.Choose(metadata, options, builder.Configuration);
        ProjectDefaults.AddEndpoints(resource.Resource, profile?.Profile);
        ProjectDefaults.AddEnvironment(resource.Resource, profile, builder.Environment);
        return resource;
    }
}
