namespace Contracts;

public sealed record StockCommitted(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid ReservationId,
    IReadOnlyList<StockLine> Lines);
