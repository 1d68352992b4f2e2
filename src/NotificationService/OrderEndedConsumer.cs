using Contracts;
using MassTransit;

namespace NotificationService;

/// <summary>The four ends of an order.</summary>
internal sealed class OrderEndedConsumer(Milestones milestones) :
    IConsumer<OrderConfirmed>, IConsumer<OrderRejected>, IConsumer<OrderCancelled>, IConsumer<OrderExpired>
{
    public Task Consume(ConsumeContext<OrderConfirmed> context) =>
        milestones.Reached(context.Message.OrderId, Milestone.OrderConfirmed, "Your order is confirmed and on its way.");

    public Task Consume(ConsumeContext<OrderRejected> context) =>
        milestones.Reached(context.Message.OrderId, Milestone.OrderRejected, $"We cannot fulfil your order: {Reason(context.Message)}.");

    public Task Consume(ConsumeContext<OrderCancelled> context) =>
        milestones.Reached(context.Message.OrderId, Milestone.OrderCancelled, "Your order is cancelled.");

    public Task Consume(ConsumeContext<OrderExpired> context) =>
        milestones.Reached(context.Message.OrderId, Milestone.OrderExpired, "Your order took too long and has ended.");

    private static string Reason(OrderRejected rejected) => rejected.Reason switch
    {
        OrderRejectionReason.OutOfStock => $"not enough in stock of {string.Join(", ", (rejected.Shortages ?? []).Select(shortage => shortage.Sku))}",
        OrderRejectionReason.PaymentDeclined => "the payment was declined",
        OrderRejectionReason.CaptureFailed => "the payment could not be completed",
        _ => rejected.Detail,
    };
}
