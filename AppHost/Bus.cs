namespace AppHost;

public static class Bus
{
    private const string Kafka = "kafka";
    private const string Http = "http";

    /// <summary>
    /// Adds the broker, and its address as a connection string. The connection string is there as soon as the broker has started: who
    /// uses it also waits for the broker itself.
    /// </summary>
    internal static (IResourceBuilder<ProjectResource> Broker, IResourceBuilder<ConnectionStringResource> ConnectionString) AddBus<TProject>(
        this IDistributedApplicationBuilder builder, Settings settings, string name, string connectionName)
        where TProject : IProjectMetadata, new()
    {
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
        return (broker, connectionString);
    }
}
