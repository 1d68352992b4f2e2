namespace Contracts;

/// <param name="Status">The status that was past cancelling.</param>
public sealed record OrderCancellationRefused(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    string RequestedBy,
    OrderStatus Status);
