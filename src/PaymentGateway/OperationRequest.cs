namespace PaymentGateway;

/// <summary>What the caller asked for. Two requests under one idempotency key must be equal in every member.</summary>
/// <param name="AmountMinor">Null for a void, which is of the whole payment.</param>
/// <param name="Token">The customer's means of payment; authorizations only.</param>
public sealed record OperationRequest(
    OperationKind Kind,
    Guid OrderId,
    Guid PaymentId,
    long? AmountMinor,
    string? Currency,
    string? Token);
