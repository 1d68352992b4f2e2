using System.Net;
using System.Net.Sockets;
using Broker.Host.Configuration;
using Broker.Host.Rest;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Broker.Host.Http;

/// <summary>
/// What an operator sees over HTTP: <c>/alive</c> (the process answers), <c>/health</c> (<see cref="HealthPage"/>; 503 while the
/// broker starts or stops), <c>/metrics</c> for Prometheus, and the <see cref="RestApi"/>. Open before the broker, so that a long recovery can be
/// watched. Asks nobody who they are: see DECISIONS.md.
/// </summary>
internal sealed class HttpPort : IAsyncDisposable
{
    private const int MaxConnections = 256;

    private readonly WebApplication _app;
    private readonly MetricsPage _metrics = new();
    private volatile BrokerServer? _broker;

    private HttpPort(WebApplication app, HttpAddress address, bool isLoopback)
    {
        _app = app;
        IsLoopback = isLoopback;
        var crossSite = new CrossSiteRequests(address.Host, isLoopback);
        _app.Use((context, next) => crossSite.Refuse(context.Request) is { } refusal ? context.RefuseAsync(refusal) : next(context));
        _app.Use(RestApi.NameWhatIsMissingAsync);
        _app.MapGet("/alive", context => context.Response.WriteAsync("Healthy"));
        _app.MapGet("/health", context => HealthPage.AnswerAsync(context, _broker));
        _app.MapGet("/metrics", context =>
        {
            context.Response.ContentType = MetricsPage.ContentType;
            return context.Response.WriteAsync(_metrics.Render());
        });
        RestApi.Map(_app, () => _broker, _app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Broker.Host"));
    }

    /// <summary>Only this machine reaches it.</summary>
    public bool IsLoopback { get; }

    /// <summary>With the port it got.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>What is answered, under names like <c>GET /topics</c>.</summary>
    internal IEnumerable<(string Name, RouteEndpoint Endpoint)> Routes => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
        .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => ($"{method} {e.RoutePattern.RawText}", e)));

    /// <exception cref="IOException">The address is not to be had; the message names the setting.</exception>
    public static async Task<HttpPort> OpenAsync(HttpAddress address, ILoggerFactory loggerFactory)
    {
        var ip = address.Resolve();
        // Empty: no environment variable and no appsettings.json of the working directory may move this port.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RestApi.MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
            if (ip is null)
                kestrel.ListenAnyIP(address.Port);
            else
                kestrel.Listen(ip, address.Port);
        });

        var port = new HttpPort(builder.Build(), address, ip is not null && IPAddress.IsLoopback(ip));
        try
        {
            await port._app.StartAsync().ConfigureAwait(false);
            return port;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await port.DisposeAsync().ConfigureAwait(false);
            throw address.Refused(e);
        }
    }

    /// <summary>The broker serves, or with null no longer does.</summary>
    public void Show(BrokerServer? broker) => _broker = broker;

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }
}
