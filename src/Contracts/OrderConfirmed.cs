namespace Contracts;

public sealed record OrderConfirmed(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid PaymentId,
    long CapturedMinor,
    string Currency);
