using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Broker.Host.Rest;

namespace Broker.Host.Tests.Support;

/// <summary>Holds every answer of the REST API, and every request it took, against the OpenAPI document.</summary>
internal sealed class OpenApiContract() : DelegatingHandler(new SocketsHttpHandler())
{

    /// <summary>The document itself.</summary>
    public static JsonElement Document { get; } = Read();

    private static readonly JsonSchema Schemas = new(Document);

    /// <summary>What was answered so far, as <c>GET /topics 200</c>.</summary>
    public ConcurrentBag<string> Seen { get; } = [];

    /// <summary>Everything that the document says may be answered, but for refusals.</summary>
    public static IEnumerable<string> Described =>
        from path in Document.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        where method.Name != "parameters"
        from status in method.Value.GetProperty("responses").EnumerateObject()
        where status.Name != "default"
        select $"{method.Name.ToUpperInvariant()} {path.Name} {status.Name}";

    public static void CheckEvent(JsonElement data) => Check(
        Document.GetProperty("paths").GetProperty("/topics/{topic}/tail").GetProperty("get").GetProperty("responses").GetProperty("200")
            .GetProperty("content").GetProperty("text/event-stream"), data, "an event");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = request.Content?.Headers.ContentType?.MediaType == "application/json" ? await request.Content.ReadAsByteArrayAsync(cancellationToken) : null;
        var response = await base.SendAsync(request, cancellationToken);
        if (Find(request) is not { } found)
            return response;

        var status = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var responses = found.Operation.GetProperty("responses");
        Assert.True(responses.TryGetProperty(status, out var described) || (int)response.StatusCode >= 400, $"{found.Name} answers {status}.");
        Seen.Add($"{found.Name} {status}");
        if (response.IsSuccessStatusCode && sent is not null)
            Check(found.Operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json"), JsonDocument.Parse(sent).RootElement, $"the request to {found.Name}");
        if (response.StatusCode == HttpStatusCode.NoContent)
            return response;

        var content = (described.ValueKind == JsonValueKind.Undefined ? responses.GetProperty("default") : described).GetProperty("content").EnumerateObject().Single();
        Assert.Equal(content.Name, response.Content.Headers.ContentType!.MediaType);
        if (content.Name == "text/event-stream")
            return response;

        await response.Content.LoadIntoBufferAsync(cancellationToken);
        Check(content.Value, JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken)).RootElement, $"{found.Name} {status}");
        return response;
    }

    private static void Check(JsonElement content, JsonElement value, string what)
    {
        var faults = Schemas.Check(content.GetProperty("schema"), value).ToList();
        Assert.True(faults.Count == 0, $"{what}: {string.Join("; ", faults)}");
    }

    /// <summary>Null for what is no path of the API.</summary>
    private static (string Name, JsonElement Operation)? Find(HttpRequestMessage request)
    {
        var segments = request.RequestUri!.AbsolutePath.Split('/');
        foreach (var path in Document.GetProperty("paths").EnumerateObject())
        {
            var template = path.Name.Split('/');
            if (template.Length == segments.Length
                && template.Zip(segments).All(s => s.First.StartsWith('{') || s.First == s.Second)
                && path.Value.TryGetProperty(request.Method.Method.ToLowerInvariant(), out var operation))
                return ($"{request.Method.Method} {path.Name}", operation);
        }

        return null;
    }

    private static JsonElement Read()
    {
        using var stream = OpenApiDocument.Open();
        return JsonDocument.Parse(stream).RootElement;
    }
}
