using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A named resource.</summary>
public abstract class Resource : IResource
{
    /// <summary>Checks the name.</summary>
    /// <param name="name">1 to 64 ASCII letters, digits and single hyphens; a letter first, no hyphen last.</param>
    /// <exception cref="ArgumentException">The name breaks that rule.</exception>
    protected Resource(string name) => Name = ModelName.Validate("Resource", name);

    /// <inheritdoc/>
    public virtual string Name { get; }

    /// <inheritdoc/>
    public virtual ResourceAnnotationCollection Annotations { get; } = [];
}

/// <summary>The annotations of one resource. Not safe for use from several threads; it is filled before the application starts.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;
