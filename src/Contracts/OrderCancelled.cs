namespace Contracts;

public sealed record OrderCancelled(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    string RequestedBy,
    string Reason);
