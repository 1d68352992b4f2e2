namespace Contracts;

public sealed record PaymentVoided(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid PaymentId,
    UndoCause Because);
