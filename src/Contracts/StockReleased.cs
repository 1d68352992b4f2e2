namespace Contracts;

public sealed record StockReleased(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid ReservationId,
    IReadOnlyList<StockLine> Lines,
    UndoCause Because);
