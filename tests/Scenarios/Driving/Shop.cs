using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Scenarios.Driving;

public sealed record OrderLine(string Sku, int Quantity);

public sealed record OrderView(Guid OrderId, string Status, string Settlement, long TotalMinor)
{
    public bool IsTerminal => Status is "Confirmed" or "Rejected" or "Cancelled" or "Expired";

    public bool IsSettled => IsTerminal && Settlement == "Settled";
}

public sealed record StockView(string Sku, int OnHand, int Reserved, int Available);

public sealed record LedgerEntry(Guid OrderId, string Operation, string Outcome, long? AmountMinor);

/// <summary>A customer of the solution: everything here goes over HTTP, as the README's curl lines do.</summary>
public sealed class Shop(ISolution solution) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });

    public async Task<Guid> Place(string token, params OrderLine[] lines)
    {
        using var response = await Post(Guid.CreateVersion7().ToString(), token, lines);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{(int)response.StatusCode} {body}");
        return JsonDocument.Parse(body).RootElement.GetProperty("orderId").GetGuid();
    }

    public async Task<HttpResponseMessage> Post(string idempotencyKey, string token, params OrderLine[] lines)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(solution.Orders, "/orders"))
        {
            Content = JsonContent.Create(new { customerId = "customer-1", lines, paymentToken = token }, options: Json),
        };
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await _http.SendAsync(request);
    }

    public async Task<OrderView> Order(Guid orderId) => (await _http.GetFromJsonAsync<OrderView>(new Uri(solution.Orders, $"/orders/{orderId}"), Json))!;

    public Task<OrderView> Settled(Guid orderId) => Eventually.Get($"order {orderId} settled", () => Order(orderId), order => order.IsSettled);

    public async Task<IReadOnlyDictionary<string, StockView>> Stock() =>
        (await _http.GetFromJsonAsync<StockView[]>(new Uri(solution.Inventory, "/stock"), Json))!.ToDictionary(stock => stock.Sku);

    public async Task<IReadOnlyList<JsonElement>> Notifications(Guid orderId)
    {
        var all = await _http.GetFromJsonAsync<JsonElement[]>(new Uri(solution.Notifications, "/notifications?customerId=customer-1"), Json);
        return [.. all!.Where(notification => notification.GetProperty("orderId").GetGuid() == orderId)];
    }

    /// <summary>What the gateway approved, in its own words.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> Ledger()
    {
        var ledger = await _http.GetFromJsonAsync<JsonElement>(new Uri(solution.Gateway, "/ledger"), Json);
        return [.. ledger.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("answer").Deserialize<LedgerEntry>(Json)!).Where(entry => entry.Outcome == "Approved")];
    }

    public void Dispose() => _http.Dispose();
}
