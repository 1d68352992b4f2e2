using System.Text.Json;

namespace Broker.Host.Tests.Support;

/// <summary>A stream of server-sent events as a browser reads it.</summary>
internal sealed class EventStream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventStream(HttpResponseMessage response, Stream body) => (_response, _reader) = (response, new StreamReader(body));

    /// <summary>Of the last event, or of the stream's begin: what a browser sends when it comes again.</summary>
    public string LastId { get; private set; } = "";

    public static async Task<EventStream> OpenAsync(HttpClient http, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event, comments passed over; null at the stream's end.</summary>
    public async Task<(string Name, JsonElement Data)?> NextAsync()
    {
        var name = "record";
        JsonElement? data = null;
        while (await _reader.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                LastId = line[4..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = JsonDocument.Parse(line[6..]).RootElement;
            else if (line.Length == 0 && data is { } whole)
            {
                OpenApiContract.CheckEvent(whole);
                return (name, whole);
            }
        }

        return null;
    }

    /// <summary>The value of the next record.</summary>
    public async Task<string> NextValueAsync()
    {
        var (name, data) = await NextAsync() ?? throw new EndOfStreamException("The tail has ended.");
        Assert.Equal("record", name);
        var value = data.GetProperty("value");
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
