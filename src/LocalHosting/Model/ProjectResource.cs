namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project that runs as a process of its own.</summary>
public class ProjectResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    /// <summary>Checks the name.</summary>
    /// <param name="name">A valid resource name.</param>
    public ProjectResource(string name)
        : base(name)
    {
    }
}
