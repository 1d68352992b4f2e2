using Contracts;

namespace OrderService;

/// <summary>An order as the API shows it. The payment token stays inside.</summary>
public sealed record OrderView(
    Guid OrderId,
    string CustomerId,
    OrderStatus Status,
    Settlement Settlement,
    IReadOnlyList<OrderLine> Lines,
    long TotalMinor,
    string Currency,
    string Channel,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt,
    StockSide Stock,
    Guid? ReservationId,
    PaymentSide Payment,
    Guid? PaymentId,
    OrderWait? WaitingFor,
    DateTimeOffset? Deadline,
    DateTimeOffset? EndedAt,
    string? Reason,
    string? Detail,
    IReadOnlyList<StockShortage> Shortages,
    string? CancelledBy,
    IReadOnlyList<IgnoredInput> Ignored)
{
    internal static OrderView Of(Order order) => new(
        order.CorrelationId,
        order.CustomerId,
        Enum.Parse<OrderStatus>(order.Status),
        order.Settlement,
        order.Lines,
        order.TotalMinor,
        order.Currency,
        order.Channel,
        order.CreatedAt,
        order.ChangedAt,
        order.Stock,
        order.ReservationId,
        order.Payment,
        order.PaymentId,
        order.WaitingFor,
        order.Deadline,
        order.EndedAt,
        order.EndReason,
        order.EndDetail,
        order.Shortages,
        order.CancelledBy,
        order.Ignored);
}
