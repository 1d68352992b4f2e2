using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Connection strings as resources.</summary>
public static class ConnectionStringBuilderExtensions
{
    /// <summary>
    /// Adds a connection string that is put together from the endpoints of resources. It is Running as soon as those have started, which
    /// is before they are healthy: who needs the other side to answer waits for that resource itself.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">A valid resource name that is not taken.</param>
    /// <param name="connectionStringExpression">How the string is put together.</param>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
    {
        var resource = builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
        foreach (var source in connectionStringExpression.ValueProviders.Select(SourceOf).OfType<IResource>().Distinct())
        {
            resource.WaitForStart(builder.CreateResourceBuilder(source));
        }

        return resource;
    }

    private static IResource? SourceOf(IValueProvider value) => value switch
    {
        EndpointReference endpoint => endpoint.Resource,
        EndpointReferenceExpression part => part.Endpoint.Resource,
        IResource resource => resource,
        _ => null,
    };
}
