namespace Contracts;

public sealed record PaymentCaptureRequested(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid PaymentId,
    long AmountMinor);
