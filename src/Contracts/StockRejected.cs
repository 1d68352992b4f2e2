namespace Contracts;

public sealed record StockRejected(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    IReadOnlyList<StockShortage> Shortages);
