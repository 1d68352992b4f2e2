using System.Net;
using System.Text.Json;
using Broker.Host.Configuration;
using Broker.Host.Http;
using Broker.Host.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Host.Tests;

public sealed class HttpPortTests
{
    [Fact]
    public async Task before_the_broker_serves_it_is_alive_and_not_healthy()
    {
        await using var port = await HttpPort.OpenAsync(new HttpAddress("127.0.0.1", 0), NullLoggerFactory.Instance);
        using var http = new HttpClient { BaseAddress = new Uri(port.Address) };

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/alive")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health")).StatusCode);
        await RestBroker.ReadAsync(await http.GetAsync("/topics"), HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task the_document_describes_every_route_and_no_other()
    {
        await using var rest = await RestBroker.StartAsync();
        var document = await rest.GetAsync("/openapi/v1.json");

        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(m => m.Name != "parameters").Select(m => $"{m.Name.ToUpperInvariant()} {path.Name}"));
        string[] operators = ["GET /alive", "GET /health", "GET /metrics"];

        Assert.Equal(rest.Port.Routes.Except(operators).Order(), described.Order());
    }

    [Fact]
    public async Task every_reference_of_the_document_leads_somewhere()
    {
        await using var rest = await RestBroker.StartAsync();
        var document = await rest.GetAsync("/openapi/v1.json");
        var schemas = document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(s => $"#/components/schemas/{s.Name}").ToHashSet();

        var references = References(document).ToList();

        Assert.Subset(schemas, references.ToHashSet());
        Assert.Superset(schemas, references.ToHashSet());
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => p.Name == "$ref" ? [p.Value.GetString()!] : References(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
