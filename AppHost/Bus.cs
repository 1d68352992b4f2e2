using Microsoft.Extensions.Configuration;

namespace AppHost;

/// <summary>What the services publish to and consume from: a connection string, and the broker behind it if it is ours to start.</summary>
internal sealed record Bus(IResourceBuilder<ConnectionStringResource> ConnectionString, IResourceBuilder<ProjectResource>? Broker);

internal static class BusExtensions
{
    private const string Kafka = "kafka";
    private const string Http = "http";

    /// <summary>
    /// Adds the bus: brokers that run elsewhere when <c>ConnectionStrings:{connectionName}</c> names them, an Apache Kafka cluster for
    /// instance; else a broker of our own, and its address as the connection string.
    /// </summary>
    public static Bus AddBus<TProject>(this IDistributedApplicationBuilder builder, Settings settings, string name, string connectionName)
        where TProject : IProjectMetadata, new()
    {
        if (builder.Configuration.GetConnectionString(connectionName) is { Length: > 0 } elsewhere)
        {
            return new Bus(builder.AddConnectionString(connectionName, ReferenceExpression.Create($"{elsewhere}")), null);
        }

        var kafkaPort = settings.Port($"{name}:port", 9092);
        var httpPort = settings.Port($"{name}:http-port", 8082);

        var broker = builder.AddProject<TProject>(name, launchProfileName: null)
            .WithEndpoint(kafkaPort, scheme: "tcp", name: Kafka, isProxied: kafkaPort is null)
            .WithHttpEndpoint(httpPort, name: Http, isProxied: httpPort is null)
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
            .WithHttpHealthCheck("/health");
        var kafka = broker.GetEndpoint(Kafka);
        var http = broker.GetEndpoint(Http);

        broker.WithArgs(
            "--log.dirs", settings.DataPath(name),
            "--listeners", ReferenceExpression.Create($"PLAINTEXT://127.0.0.1:{kafka.Property(EndpointProperty.TargetPort)}"),
            "--advertised.listeners", ReferenceExpression.Create($"PLAINTEXT://{kafka.Property(EndpointProperty.HostAndPort)}"),
            "--http.listen", ReferenceExpression.Create($"http://127.0.0.1:{http.Property(EndpointProperty.TargetPort)}"));

        var connectionString = builder.AddConnectionString(
            connectionName, ReferenceExpression.Create($"{kafka.Property(EndpointProperty.HostAndPort)}"));
        return new Bus(connectionString, broker);
    }

    /// <summary>Gives a service the bus. The connection string is there before the broker is healthy, so the service also waits for that.</summary>
    public static IResourceBuilder<ProjectResource> WithBus(this IResourceBuilder<ProjectResource> service, Bus bus)
    {
        service.WithReference(bus.ConnectionString);
        return bus.Broker is { } broker ? service.WaitFor(broker) : service;
    }
}
