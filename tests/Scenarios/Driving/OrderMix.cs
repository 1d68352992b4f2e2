using System.Net;
using System.Text.Json;

namespace Scenarios.Driving;

/// <summary>
/// Many orders at once, and what must become of each. Every twentieth idempotency key is posted a second time while the first post is
/// under way. The mix follows from the number alone: nothing random.
/// </summary>
public sealed class OrderMix(Shop shop, int orders)
{
    private static readonly (string Token, int Quantity, string Status)[] Kinds =
    [
        ("tok_ok", 1, "Confirmed"),
        ("tok_ok", 2, "Confirmed"),
        ("tok_ok", 1, "Confirmed"),
        ("tok_flaky_2", 1, "Confirmed"),
        ("tok_declined", 1, "Rejected"),
        ("tok_ok", 1, "Confirmed"),
        ("tok_ok", 10_000, "Rejected"),
        ("tok_capture_fails", 1, "Rejected"),
    ];

    private static readonly string[] Skus = ["MUG-BLUE", "MUG-RED", "BEAN-250", "BEAN-1000", "FILTER-100"];

    public async Task<IReadOnlyDictionary<Guid, string>> PlaceAll()
    {
        using var lanes = new SemaphoreSlim(32);
        var placed = await Task.WhenAll(Enumerable.Range(0, orders).Select(async number =>
        {
            await lanes.WaitAsync();
            try
            {
                var key = Guid.CreateVersion7().ToString();
                var posts = number % 20 == 0 ? new[] { Place(key, number), Place(key, number) } : [Place(key, number)];
                return (OrderId: Assert.Single((await Task.WhenAll(posts)).Distinct()), Kinds[number % Kinds.Length].Status);
            }
            finally
            {
                lanes.Release();
            }
        }));
        return placed.ToDictionary(order => order.OrderId, order => order.Status);
    }

    private async Task<Guid> Place(string key, int number)
    {
        var (token, quantity, _) = Kinds[number % Kinds.Length];
        using var response = await shop.Post(key, token, new OrderLine(Skus[number % Skus.Length], quantity));
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{(int)response.StatusCode} {body}");
        return JsonDocument.Parse(body).RootElement.GetProperty("orderId").GetGuid();
    }
}
