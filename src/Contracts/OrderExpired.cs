namespace Contracts;

public sealed record OrderExpired(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    OrderWait WaitingFor,
    DateTimeOffset Deadline);
