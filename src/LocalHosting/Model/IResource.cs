namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the distributed application: a process, or a value such as a connection string.</summary>
public interface IResource
{
    /// <summary>Unique in the application, letter case ignored.</summary>
    string Name { get; }

    /// <summary>What has been declared about the resource, in order of declaration.</summary>
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>Something declared about a resource.</summary>
public interface IResourceAnnotation;

/// <summary>A resource that is started with environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>A resource that is started with command line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>A resource that listens on endpoints.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>A resource whose start can be put off until others are ready.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>A resource that clients connect to by a string.</summary>
public interface IResourceWithConnectionString : IResource, IValueProvider
{
    /// <summary>How the string is put together.</summary>
    ReferenceExpression ConnectionStringExpression { get; }

    /// <summary>The string. It is known once the application has been started, and stays the same until it ends.</summary>
    ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);

    /// <inheritdoc/>
    ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => GetConnectionStringAsync(cancellationToken);
}
