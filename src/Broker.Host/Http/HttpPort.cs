using System.Globalization;
using Broker.Host.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Broker.Host.Http;

/// <summary>
/// What an operator sees over HTTP: <c>/alive</c> (the process answers), <c>/health</c> (the broker serves; 503 while it starts or
/// stops), <c>/metrics</c> for Prometheus, <c>/topics</c> and <c>/groups</c> as JSON. Read only. Open before the broker, so that a
/// long recovery can be watched.
/// </summary>
internal sealed class HttpPort : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly MetricsPage _metrics = new();
    private volatile BrokerServer? _broker;

    private HttpPort(WebApplication app)
    {
        _app = app;
        Map("/alive", context => context.Response.WriteAsync("Healthy"));
        Map("/health", context =>
        {
            context.Response.StatusCode = _broker is null ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            return context.Response.WriteAsync(_broker is null ? "Unhealthy" : "Healthy");
        });
        Map("/metrics", context =>
        {
            context.Response.ContentType = MetricsPage.ContentType;
            return context.Response.WriteAsync(_metrics.Render());
        });
        Map("/topics", context => context.Response.WriteAsJsonAsync(_broker?.DescribeTopics() ?? [], OperatorJson.Default.IReadOnlyListTopicDescription));
        Map("/groups", context => context.Response.WriteAsJsonAsync(_broker?.DescribeGroups() ?? [], OperatorJson.Default.IReadOnlyListGroupDescription));
    }

    /// <summary>With the port it got.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <exception cref="IOException">The port is in use or cannot be bound; the message names it.</exception>
    public static async Task<HttpPort> OpenAsync(HttpAddress address, ILoggerFactory loggerFactory)
    {
        // Empty: no environment variable and no appsettings.json of the working directory may move this port.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address.Resolve(), listen => listen.Protocols = HttpProtocols.Http1);
        });

        var port = new HttpPort(builder.Build());
        try
        {
            await port._app.StartAsync().ConfigureAwait(false);
            return port;
        }
        catch (IOException e)
        {
            await port.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"The HTTP port {address.Port.ToString(CultureInfo.InvariantCulture)} of {address.Host} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>The broker serves, or with null no longer does.</summary>
    public void Show(BrokerServer? broker) => _broker = broker;

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    private void Map(string path, RequestDelegate answer) => _app.MapGet(path, answer);
}
