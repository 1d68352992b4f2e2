namespace Contracts;

public sealed record OrderAwaitingPayment(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    Guid ReservationId,
    DateTimeOffset PayBefore);
