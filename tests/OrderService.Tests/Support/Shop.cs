using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace OrderService.Tests.Support;

/// <summary>
/// The order service as it runs, but for an in-memory bus and a clock that the test moves. The test plays inventory; the payment gateway
/// is whatever address it is given.
/// </summary>
internal sealed class Shop : IAsyncDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly WebApplication _app;
    private readonly string _folder;

    private Shop(WebApplication app, string folder, Spy spy, FakeTimeProvider clock)
    {
        _app = app;
        _folder = folder;
        Spy = spy;
        Clock = clock;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    public Spy Spy { get; }

    public FakeTimeProvider Clock { get; }

    public IBus Bus => _app.Services.GetRequiredService<IBus>();

    /// <param name="gateway">Its address; without one every call is refused by a closed port.</param>
    /// <param name="sagaListens">False leaves the order's saga without an endpoint, as a broker that cannot be reached would.</param>
    public static async Task<Shop> StartAsync(string? gateway = null, FakeTimeProvider? clock = null, bool sagaListens = true)
    {
        var folder = Directory.CreateTempSubdirectory("orders-").FullName;
        var spy = new Spy();
        clock ??= new FakeTimeProvider(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
        var app = OrderServiceApp.Build(
            [
                "--urls", "http://127.0.0.1:0", "--environment", "Development",
                "--ConnectionStrings:database", $"Data Source={Path.Combine(folder, "orders.db")}",
                "--services:payment-gateway:http:0", gateway ?? "http://127.0.0.1:1",
                "--Orders:PaymentWindow", "00:00:20"
            ],
            (bus, _) => bus.UsingInMemory((context, memory) =>
            {
                memory.ReceiveEndpoint("spy", spy.Listen);
                if (sagaListens)
                {
                    memory.ConfigureEndpoints(context);
                }
            }),
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
            });
        await app.StartAsync();
        return new Shop(app, folder, spy, clock);
    }

    public static object AnOrder(string token = "tok_ok") =>
        new { customerId = "ada", lines = new[] { new { sku = "MUG-RED", quantity = 2 }, new { sku = "SCALE", quantity = 1 } }, paymentToken = token };

    public const long AnOrdersTotal = (2 * 1200) + 5900;

    public async Task<HttpResponseMessage> Post(object order, string? idempotencyKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = JsonContent.Create(order) };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await Http.SendAsync(request);
    }

    public async Task<Guid> Place(string token = "tok_ok")
    {
        using var response = await Post(AnOrder(token), Guid.NewGuid().ToString());
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<OrderAccepted>(Json))!.OrderId;
    }

    /// <summary>What inventory says when it has everything.</summary>
    public Task Reserve(Guid orderId) =>
        Bus.Publish(new StockReserved(orderId, Clock.GetUtcNow(), Guid.NewGuid(), [new StockLine("MUG-RED", 2), new StockLine("SCALE", 1)]));

    public Task<HttpResponseMessage> Cancel(Guid orderId) => Http.PostAsJsonAsync($"/orders/{orderId}/cancel", new { requestedBy = "ada", reason = "changed my mind" });

    public async Task<OrderView> View(Guid orderId) => (await Http.GetFromJsonAsync<OrderView>($"/orders/{orderId}", Json))!;

    public Task<OrderView> Sees(Guid orderId, Func<OrderView, bool> condition) =>
        Eventually.Gets(
            async () =>
            {
                var view = await View(orderId);
                return condition(view) ? view : null;
            },
            $"the condition on order {orderId}");

    public async Task<(int Orders, int Records, int OutboxRows)> Rows()
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<OrdersDbContext>();
        return (
            await database.Orders.CountAsync(),
            await database.IdempotencyRecords.CountAsync(),
            await database.Set<MassTransit.SqliteOutbox.OutboxMessage>().CountAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
