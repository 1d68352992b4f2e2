using System.Net;
using System.Text.Json;
using Broker.Host.Rest;
using Broker.Host.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Broker.Host.Tests;

public sealed class OpenApiTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("broker-host-tests-").FullName;
    private RestBroker _rest = null!;

    public async ValueTask InitializeAsync() => _rest = await RestBroker.StartAsync(o => o.OffsetsTopicNumPartitions = 1, _directory);

    public async ValueTask DisposeAsync()
    {
        await _rest.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void the_document_describes_every_route_and_no_other()
    {
        var described = OpenApiContract.Document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(m => m.Name != "parameters").Select(m => $"{m.Name.ToUpperInvariant()} {path.Name}"));
        string[] operators = ["GET /alive", "GET /health", "GET /metrics"];

        Assert.Equal(_rest.Port.Routes.Select(r => r.Name).Except(operators).Order(), described.Order());
    }

    [Fact]
    public async Task every_answer_it_describes_is_given_and_fits_its_schema()
    {
        using var client = await KafkaClient.ConnectAsync(_rest.KafkaPort);
        await client.CreateTopicAsync("seen");
        await client.ProduceAsync("seen", Requests.Batch("1"));
        await client.FetchAsync(Requests.Fetch("seen", 0));
        await _rest.PostAsync("/topics", """{"name": "t", "partitions": 2, "configs": {"max.message.bytes": 300, "retention.ms": "-1"}}""", HttpStatusCode.Created);
        await _rest.SendAsync(HttpMethod.Patch, "/topics/t", """{"partitions": 3}""");
        await _rest.SendAsync(HttpMethod.Patch, "/topics/t/configs", """{"retention.ms": null, "segment.bytes": 2048}""");
        await _rest.PostAsync("/topics/t/records", """
            {"records": [{"key": "k", "value": {"a": 1}, "partition": 0, "timestamp": 5, "headers": [{"name": "h", "value": "x"}, {"name": "h", "valueBase64": "/w=="}]},
                         {"keyBase64": "/w==", "valueBase64": "/w==", "partition": 1}]}
            """);
        await _rest.PostAsync("/topics/t/records", $$"""{"records": [{"value": 1, "partition": 0}, {"value": "{{new string('x', 400)}}", "partition": 1}]}""", HttpStatusCode.MultiStatus);
        await _rest.GetAsync("/topics/t/records");
        await _rest.GetAsync("/topics/t/records?cursor=0:0,1:9,2:0", HttpStatusCode.MultiStatus);
        await _rest.PostAsync("/groups/g/offsets", """{"topic": "t", "to": "earliest", "partitions": [0, 1], "dryRun": false}""");
        foreach (var path in new[] { "/cluster", "/connections", "/topics", "/topics/t", "/topics/t/configs", "/groups", "/groups/g", "/openapi/v1.json" })
            await _rest.GetAsync(path);
        using (var tail = await EventStream.OpenAsync(_rest.Http, "/topics/t/tail?offset=earliest"))
            await tail.NextAsync();
        await _rest.GetAsync("/groups/none", HttpStatusCode.NotFound);
        await RestBroker.ReadAsync(await _rest.Http.DeleteAsync("/groups/g"), HttpStatusCode.NoContent);
        await RestBroker.ReadAsync(await _rest.Http.DeleteAsync("/topics/t"), HttpStatusCode.NoContent);

        Assert.Equal(OpenApiContract.Described.Order(), _rest.Contract.Seen.Where(s => !s.EndsWith(" 404", StringComparison.Ordinal)).Distinct().Order());
    }

    [Fact]
    public async Task it_lists_every_parameter_that_is_looked_at_and_no_other()
    {
        await _rest.Broker.Server.Admin.CreateTopicAsync("t");

        foreach (var (name, endpoint) in _rest.Port.Routes)
        {
            var query = new RecordedQuery();
            // A stream ends at once, and has looked by then.
            var context = new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: name == "GET /topics/{topic}/tail") };
            context.Features.Set<IQueryFeature>(new QueryFeature(query));
            context.Request.RouteValues = new() { ["topic"] = "t", ["group"] = "g" };
            context.Request.ContentType = name == "POST /topics/{topic}/records" ? "text/plain" : "application/json";
            context.Request.Body = new MemoryStream("{}"u8.ToArray());
            await endpoint.RequestDelegate!(context);

            Assert.Equal(Parameters(name, "query"), query.LookedAt.Distinct().Order());
        }

        Assert.Equal([TailApi.LastEventId], _rest.Port.Routes.SelectMany(r => Parameters(r.Name, "header")));
    }

    [Fact]
    public void every_reference_leads_somewhere_and_every_schema_is_referred_to()
    {
        var document = OpenApiContract.Document;
        var schemas = document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(s => $"#/components/schemas/{s.Name}");

        Assert.Equal(schemas.Order(), References(document).Distinct().Order());
    }

    [Fact]
    public void an_answer_that_does_not_fit_is_found()
    {
        var schemas = new JsonSchema(OpenApiContract.Document);
        var position = JsonDocument.Parse("""{"$ref": "#/components/schemas/Position"}""").RootElement;

        Assert.Empty(schemas.Check(position, Json("""{"partition": 0, "nextOffset": 1, "logStartOffset": 0, "endOffset": 1}""")));
        Assert.Equal(
            ["$ has no nextOffset", "$ has no logStartOffset", "$ has no endOffset", "$ has a surprise", "$.partition is String, not integer"],
            schemas.Check(position, Json("""{"partition": "0", "surprise": 1}""")));
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static IEnumerable<string> Parameters(string route, string place)
    {
        var words = route.Split(' ');
        return OpenApiContract.Document.GetProperty("paths").TryGetProperty(words[1], out var path)
            && path.GetProperty(words[0].ToLowerInvariant()).TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == place).Select(p => p.GetProperty("name").GetString()!).Order()
            : [];
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => p.Name == "$ref" ? [p.Value.GetString()!] : References(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    /// <summary>An empty query that knows what it was asked for.</summary>
    private sealed class RecordedQuery : IQueryCollection
    {
        public List<string> LookedAt { get; } = [];

        public int Count => 0;

        public ICollection<string> Keys => [];

        public StringValues this[string key] => Note(key);

        public bool ContainsKey(string key) => Note(key).Count > 0;

        public bool TryGetValue(string key, out StringValues value)
        {
            value = Note(key);
            return false;
        }

        public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => Enumerable.Empty<KeyValuePair<string, StringValues>>().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        private StringValues Note(string key)
        {
            LookedAt.Add(key);
            return StringValues.Empty;
        }
    }
}
