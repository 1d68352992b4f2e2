namespace Contracts;

public sealed record PaymentCaptureFailed(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid PaymentId,
    string Code);
