using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Observing;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Declares an endpoint.</summary>
    /// <param name="builder">The resource that listens.</param>
    /// <param name="port">The port that clients use, 1 to 65535; null lets the app host choose.</param>
    /// <param name="targetPort">The port that the process listens on; null means the same.</param>
    /// <param name="scheme">Scheme of the address; default <c>tcp</c>.</param>
    /// <param name="name">Name of the endpoint; default its scheme.</param>
    /// <param name="env">An environment variable that gets the port to listen on.</param>
    /// <param name="isProxied">Whether Aspire would put a proxy in front. No proxy runs here.</param>
    /// <param name="isExternal">Not used by a local run.</param>
    /// <param name="protocol">TCP.</param>
    /// <exception cref="DistributedApplicationException">The resource has an endpoint of that name.</exception>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        string? scheme = null,
        string? name = null,
        string? env = null,
        bool isProxied = true,
        bool? isExternal = null,
        ProtocolType? protocol = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = new EndpointAnnotation(protocol ?? ProtocolType.Tcp, scheme, null, name, port, targetPort, isExternal, isProxied)
        {
            TargetPortEnvironmentVariable = env,
        };
        if (builder.GetEndpoint(endpoint.Name).Exists)
        {
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' has an endpoint '{endpoint.Name}' already.");
        }

        return builder.With(endpoint);
    }

    /// <summary>Changes an endpoint, for instance one that came from the launch profile.</summary>
    /// <param name="builder">The resource that listens.</param>
    /// <param name="endpointName">Name of the endpoint.</param>
    /// <param name="callback">Changes it; runs at once.</param>
    /// <param name="createIfNotExists">Whether an endpoint that is missing is declared first, instead of leaving everything as it is.</param>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<EndpointAnnotation> callback, bool createIfNotExists = true)
        where T : IResourceWithEndpoints
    {
        var handle = builder.GetEndpoint(endpointName);
        if (!handle.Exists)
        {
            if (!createIfNotExists)
            {
                return builder;
            }

            builder.Resource.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, name: endpointName));
        }

        callback(handle.EndpointAnnotation);
        return builder;
    }

    /// <summary>Declares an endpoint of scheme <c>http</c>, named so unless a name is given.</summary>
    /// <inheritdoc cref="WithEndpoint{T}(IResourceBuilder{T}, int?, int?, string?, string?, string?, bool, bool?, ProtocolType?)"/>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool isProxied = true)
        where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, "http", name, env, isProxied);

    /// <summary>A handle on an endpoint, which may be declared later.</summary>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name) where T : IResourceWithEndpoints =>
        new(builder.Resource, name);

    /// <summary>Adds a health check that asks for a page with GET. It has five seconds to answer.</summary>
    /// <param name="builder">The resource that is asked.</param>
    /// <param name="path">Path of the page; default <c>/</c>.</param>
    /// <param name="statusCode">The status that means healthy; default 200.</param>
    /// <param name="endpointName">Default: <c>https</c> if there is such an endpoint, else <c>http</c>.</param>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.GetEndpoint(endpointName ?? (builder.GetEndpoint("https").Exists ? "https" : "http"));
        var check = new HttpHealthCheck(endpoint, path ?? "/", statusCode ?? 200);
        var key = $"{builder.Resource.Name}_{endpoint.EndpointName}_{path ?? "/"}_{statusCode ?? 200}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().AddCheck(key, check, timeout: HttpHealthCheck.Timeout);
        return builder.With(new HealthCheckAnnotation(key));
    }
}
