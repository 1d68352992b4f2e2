using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Where a project is. Implemented by the classes <c>Projects.*</c>, which the build generates from the project references.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>Full path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>Launch settings that take the place of <c>Properties/launchSettings.json</c>; null means the file.</summary>
    LaunchSettings? LaunchSettings => null;

    /// <summary>Always true here: the app host's own build has built the project.</summary>
    bool SuppressBuild => false;
}
