namespace Aspire.Hosting.Testing;

/// <summary>A builder for tests. Disposing it disposes the application it built.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable
{
    /// <inheritdoc cref="IDistributedApplicationBuilder.Build"/>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

/// <summary>Makes builders for tests.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>
    /// An empty builder with what tests want: nothing on the console, free ports instead of declared ones for every proxied endpoint, and
    /// resources that fail at once when a dependency fails.
    /// </summary>
    /// <param name="args">Settings as <c>--key value</c>; <c>--DcpPublisher:RandomizePorts false</c> keeps the declared ports.</param>
    public static IDistributedApplicationTestingBuilder Create(params string[] args) => new DistributedApplicationBuilder(new DistributedApplicationOptions
    {
        Args = ["--DcpPublisher:RandomizePorts", "true", .. args],
        DisableDashboard = true,
    });
}
