using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>What is declared about resources.</summary>
public static partial class ResourceBuilderExtensions
{
    /// <summary>Sets an environment variable. The last declaration of a name wins.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment =>
        builder.WithEnvironment(context => context.EnvironmentVariables[name] = value ?? "");

    /// <summary>Sets an environment variable to text with values in it that are known at the start.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, ReferenceExpression value)
        where T : IResourceWithEnvironment =>
        builder.WithEnvironment(context => context.EnvironmentVariables[name] = value);

    /// <summary>Sets environment variables by a callback that runs at each start, after the declarations before it.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, Action<EnvironmentCallbackContext> callback)
        where T : IResourceWithEnvironment =>
        builder.With(new EnvironmentCallbackAnnotation(callback));

    /// <summary>Adds command line arguments.</summary>
    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args) where T : IResourceWithArgs =>
        builder.With(new ArgumentsAnnotation(args));

    /// <summary>Adds command line arguments; each is text or a value that is known at the start.</summary>
    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params object[] args) where T : IResourceWithArgs =>
        builder.With(new ArgumentsAnnotation(args));

    /// <summary>
    /// Gives the addresses of another resource: <c>services__{name}__{endpoint}__0</c> for service discovery and <c>{NAME}_{ENDPOINT}</c>,
    /// for each of its endpoints.
    /// </summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment =>
        builder.WithEnvironment(context =>
        {
            var name = source.Resource.Name;
            foreach (var endpoint in source.Resource.Annotations.OfType<EndpointAnnotation>())
            {
                var address = source.GetEndpoint(endpoint.Name);
                context.EnvironmentVariables[$"services__{name}__{endpoint.Name}__0"] = address;
                context.EnvironmentVariables[$"{VariableName(name)}_{VariableName(endpoint.Name)}"] = address;
            }
        });

    /// <summary>Gives a connection string, as <c>ConnectionStrings__{name}</c>.</summary>
    /// <param name="builder">Who gets it.</param>
    /// <param name="source">The connection string.</param>
    /// <param name="connectionName">Name of the connection for the process; default the name of the resource.</param>
    /// <param name="optional">Whether an empty string is left out instead of being refused.</param>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment =>
        builder.WithEnvironment(context =>
            context.EnvironmentVariables[$"ConnectionStrings__{connectionName ?? source.Resource.Name}"] = new ConnectionStringValue(source.Resource, optional));

    private static string VariableName(string name) => name.ToUpperInvariant().Replace('-', '_');

    private static IResourceBuilder<T> With<T>(this IResourceBuilder<T> builder, IResourceAnnotation annotation) where T : IResource
    {
        builder.Resource.Annotations.Add(annotation);
        return builder;
    }

    private sealed class ConnectionStringValue(IResourceWithConnectionString source, bool optional) : IValueProvider
    {
        public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        {
            var value = await source.GetConnectionStringAsync(cancellationToken);
            return !string.IsNullOrEmpty(value) || optional
                ? value
                : throw new DistributedApplicationException($"The connection string '{source.Name}' is empty.");
        }
    }
}
