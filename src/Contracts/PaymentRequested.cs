namespace Contracts;

public sealed record PaymentRequested(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid PaymentId,
    long AmountMinor,
    string Currency,
    string PaymentToken,
    DateTimeOffset PayBefore);
