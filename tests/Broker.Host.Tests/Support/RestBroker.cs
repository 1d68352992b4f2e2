using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Broker.Host.Configuration;
using Broker.Host.Http;
using Broker.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Broker.Host.Tests.Support;

/// <summary>A broker in memory or on a directory, with the HTTP port before it, both in this process.</summary>
internal sealed class RestBroker : IAsyncDisposable
{
    private RestBroker(TestBroker broker, HttpPort port)
    {
        Broker = broker;
        Port = port;
        Http = new HttpClient(Contract) { BaseAddress = new Uri(port.Address) };
    }

    public TestBroker Broker { get; }

    public HttpPort Port { get; }

    public HttpClient Http { get; }

    /// <summary>What is said over <see cref="Http"/> is held against the OpenAPI document.</summary>
    public OpenApiContract Contract { get; } = new();

    public int KafkaPort => int.Parse(Broker.BootstrapServers.Split(':')[^1], CultureInfo.InvariantCulture);

    public static async Task<RestBroker> StartAsync(Action<BrokerOptions>? configure = null, string? directory = null)
    {
        var broker = await TestBroker.StartAsync(directory, configure);
        var port = await HttpPort.OpenAsync(new HttpAddress("127.0.0.1", 0), NullLoggerFactory.Instance);
        port.Show(broker.Server);
        return new RestBroker(broker, port);
    }

    /// <summary>The answer's JSON, after a look at its status.</summary>
    public async Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK) => await ReadAsync(await Http.GetAsync(path), expected);

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string json, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        return await ReadAsync(await Http.SendAsync(request), expected);
    }

    public Task<JsonElement> PostAsync(string path, string json, HttpStatusCode expected = HttpStatusCode.OK) =>
        SendAsync(HttpMethod.Post, path, json, expected);

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        using (response)
        {
            Assert.True(expected == response.StatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            if ((int)expected >= 400)
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            return expected == HttpStatusCode.NoContent ? default : await response.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Broker.DisposeAsync();
        await Port.DisposeAsync();
    }
}
