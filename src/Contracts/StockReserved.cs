namespace Contracts;

public sealed record StockReserved(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid ReservationId,
    IReadOnlyList<StockLine> Lines);
