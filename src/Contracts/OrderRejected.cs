namespace Contracts;

/// <param name="Shortages">Set when the reason is OutOfStock.</param>
public sealed record OrderRejected(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    OrderRejectionReason Reason,
    string Detail,
    IReadOnlyList<StockShortage>? Shortages);
