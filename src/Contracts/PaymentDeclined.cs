namespace Contracts;

public sealed record PaymentDeclined(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid PaymentId,
    string Code,
    int Attempts);
