using System.Net;
using System.Text.Json;
using Broker.Host.Rest;
using Broker.Host.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Broker.Host.Tests;

public sealed class RestFailureTests
{
    [Fact]
    public async Task a_defect_is_said_once_in_the_log_and_as_any_refusal_to_the_client()
    {
        await using var rest = await RestBroker.StartAsync();
        var log = new RecordedLog();
        var api = new RestApi(() => rest.Broker.Server, log);
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path) = ("GET", "/topics");
        using var body = new MemoryStream();
        context.Response.Body = body;

        await api.With((_, _) => throw new InvalidOperationException("A defect."))(context);

        var problem = JsonDocument.Parse(body.ToArray()).RootElement;
        Assert.Equal((500, "application/problem+json"), (context.Response.StatusCode, context.Response.ContentType));
        Assert.Equal(("UNKNOWN_SERVER_ERROR", "/topics"), (problem.GetProperty("error").GetString(), problem.GetProperty("instance").GetString()));
        Assert.DoesNotContain("defect", problem.GetRawText(), StringComparison.Ordinal);
        Assert.StartsWith("Error: GET /topics over HTTP failed. System.InvalidOperationException: A defect.", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/topic", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/topics", HttpStatusCode.MethodNotAllowed)]
    public async Task what_there_is_not_is_refused_like_anything_else(string method, string path, HttpStatusCode status)
    {
        await using var rest = await RestBroker.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        var problem = await RestBroker.ReadAsync(await rest.Http.SendAsync(request), status);

        Assert.Contains("/openapi/v1.json", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
