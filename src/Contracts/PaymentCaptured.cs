namespace Contracts;

public sealed record PaymentCaptured(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid PaymentId,
    long AmountMinor,
    string Currency,
    string CaptureId);
