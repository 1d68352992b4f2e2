using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderService.Payments;

/// <summary>The payment gateway's HTTP API, as far as it is used here. Resilience is the pipeline's under <see cref="HttpClient"/>.</summary>
internal sealed class GatewayClient(HttpClient http)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Asks for an operation. The response may be of any status.</summary>
    public async Task<HttpResponseMessage> Post(
        Payment payment, GatewayOperation operation, AttemptCount attempts, CancellationToken cancellationToken)
    {
        var (path, body) = operation switch
        {
            GatewayOperation.Authorize => ("/authorizations", (object)new
            {
                payment.OrderId,
                payment.PaymentId,
                payment.AmountMinor,
                payment.Currency,
                payment.Token
            }),
            GatewayOperation.Capture => ("/captures", new { payment.OrderId, payment.PaymentId, payment.AmountMinor, payment.Currency }),
            GatewayOperation.Void => ("/voids", new { payment.OrderId, payment.PaymentId }),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "unknown operation")
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: Json) };
        request.Headers.Add("Idempotency-Key", KeyOf(payment, operation));
        attempts.Follow(request);
        return await http.SendAsync(request, cancellationToken);
    }

    /// <returns>What the gateway has on record under the operation's key; null when it has nothing.</returns>
    /// <exception cref="HttpRequestException">It could not be asked or answered with an error.</exception>
    public async Task<Reply?> Find(Payment payment, GatewayOperation operation, AttemptCount attempts, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/operations/{Uri.EscapeDataString(KeyOf(payment, operation))}");
        attempts.Follow(request);
        using var response = await http.SendAsync(request, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound
            ? null
            : await Read(response.EnsureSuccessStatusCode(), cancellationToken);
    }

    public static async Task<Reply> Read(HttpResponseMessage response, CancellationToken cancellationToken) =>
        await response.Content.ReadFromJsonAsync<Reply>(Json, cancellationToken)
            ?? throw new InvalidOperationException("the gateway answered with an empty body");

    /// <summary>The same for every attempt at one operation of an order, whoever makes it and when.</summary>
    private static string KeyOf(Payment payment, GatewayOperation operation) =>
        $"{payment.OrderId}:{operation.ToString().ToLowerInvariant()}";

    public enum ReplyOutcome
    {
        Approved,
        Refused
    }

    public sealed record Reply(ReplyOutcome Outcome, string? Reference, string? Code);
}
