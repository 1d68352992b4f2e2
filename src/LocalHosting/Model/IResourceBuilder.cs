namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource under construction. The methods that declare things about it return the same builder.</summary>
public interface IResourceBuilder<out T> where T : IResource
{
    /// <summary>The builder that the resource belongs to.</summary>
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    /// <summary>The resource.</summary>
    T Resource { get; }
}

internal sealed class ResourceBuilder<T>(IDistributedApplicationBuilder applicationBuilder, T resource) : IResourceBuilder<T> where T : IResource
{
    public IDistributedApplicationBuilder ApplicationBuilder => applicationBuilder;

    public T Resource => resource;
}
