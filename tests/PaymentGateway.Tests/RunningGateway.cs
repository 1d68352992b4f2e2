using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace PaymentGateway.Tests;

/// <summary>A gateway on a free port, with its ledger in a folder of its own that may be shared with a second start.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly WebApplication _app;

    private RunningGateway(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    public static async Task<RunningGateway> StartAsync(string journal, TimeProvider? time = null)
    {
        var app = PaymentGatewayApp.Build(
            ["--urls", "http://127.0.0.1:0", "--environment", "Development", $"--{PaymentGatewayApp.JournalKey}", journal],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.Replace(ServiceDescriptor.Singleton(time ?? TimeProvider.System));
            });
        await app.StartAsync();
        return new RunningGateway(app);
    }

    public static HttpRequestMessage Request(string path, string? key, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return request;
    }

    public Task<HttpResponseMessage> Post(string path, string? key, object body) => Http.SendAsync(Request(path, key, body));

    public Task<HttpResponseMessage> Authorize(Order order, string? key = null) => Post("/authorizations", key ?? $"{order.OrderId}:authorize", order);

    public Task<HttpResponseMessage> Capture(Order order) => Post("/captures", $"{order.OrderId}:capture", order);

    public Task<HttpResponseMessage> Void(Order order) => Post("/voids", $"{order.OrderId}:void", order);

    public async Task<OperationAnswer> Answer(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<OperationAnswer>(Json))!;
    }

    public async Task<LedgerView> Ledger() => (await Http.GetFromJsonAsync<LedgerView>("/ledger", Json))!;

    public async Task Behave(Behaviour behaviour)
    {
        using var response = await Http.PutAsJsonAsync("/behaviour", behaviour);
        response.EnsureSuccessStatusCode();
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

internal sealed record Order(Guid OrderId, Guid PaymentId, long AmountMinor, string Currency, string Token)
{
    public static Order PaidWith(string token) => new(Guid.NewGuid(), Guid.NewGuid(), 4200, "EUR", token);
}
