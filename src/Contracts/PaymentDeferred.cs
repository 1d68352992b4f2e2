namespace Contracts;

public sealed record PaymentDeferred(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid PaymentId,
    PaymentDeferral Reason,
    DateTimeOffset RetryAt);
