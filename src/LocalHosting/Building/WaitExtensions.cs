using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Puts off the start until the dependency is Running and, if it has health checks, healthy.</summary>
    /// <exception cref="DistributedApplicationException">The resource is its own dependency.</exception>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport =>
        builder.Wait(dependency, WaitType.UntilHealthy);

    /// <summary>Puts off the start until the dependency is Running; its health does not matter.</summary>
    /// <inheritdoc cref="WaitFor" path="/exception"/>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport =>
        builder.Wait(dependency, WaitType.UntilStarted);

    /// <summary>Puts off the start until the dependency has ended. With another exit code than the one given the resource fails to start.</summary>
    /// <inheritdoc cref="WaitFor" path="/exception"/>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport =>
        builder.Wait(dependency, WaitType.UntilCompleted, exitCode);

    /// <summary>The resource is not started with the others but on command. Those that wait for it wait until then.</summary>
    public static IResourceBuilder<T> WithExplicitStart<T>(this IResourceBuilder<T> builder) where T : IResource =>
        builder.With(new ExplicitStartAnnotation());

    private static IResourceBuilder<T> Wait<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitType type, int exitCode = 0)
        where T : IResource
    {
        if (ReferenceEquals(builder.Resource, dependency.Resource))
        {
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' cannot wait for itself.");
        }

        return builder.With(new WaitAnnotation(dependency.Resource, type, exitCode));
    }
}
