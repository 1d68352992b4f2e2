using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resources of an application, in order of declaration.</summary>
public interface IResourceCollection : IList<IResource>;

internal sealed class ResourceCollection : Collection<IResource>, IResourceCollection;

/// <summary>What the application is made of.</summary>
/// <param name="resources">Every resource.</param>
public class DistributedApplicationModel(IResourceCollection resources)
{
    /// <summary>Every resource, in order of declaration.</summary>
    public IResourceCollection Resources => resources;
}
