namespace Contracts;

/// <param name="Attempts">HTTP calls made to the gateway, at least one.</param>
/// <param name="GatewayMs">Milliseconds spent waiting for the gateway, over all attempts.</param>
public sealed record PaymentAuthorized(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid PaymentId,
    string AuthorizationCode,
    int Attempts,
    long GatewayMs);
