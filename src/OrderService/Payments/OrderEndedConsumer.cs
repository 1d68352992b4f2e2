using Contracts;
using MassTransit;

namespace OrderService.Payments;

/// <summary>
/// Closes the payment of an order that ended without being confirmed. It may come before the request for the payment, which is on
/// another topic; the row it leaves then is what the request finds.
/// </summary>
internal sealed class OrderEndedConsumer(PaymentInbox payments, TimeProvider time) :
    IConsumer<OrderCancelled>, IConsumer<OrderExpired>, IConsumer<OrderRejected>
{
    public Task Consume(ConsumeContext<OrderCancelled> context) => Close(context, context.Message.OrderId, UndoCause.OrderCancelled);

    public Task Consume(ConsumeContext<OrderExpired> context) => Close(context, context.Message.OrderId, UndoCause.OrderExpired);

    public Task Consume(ConsumeContext<OrderRejected> context) =>
        // The other reasons leave nothing to close: no payment was asked for, or none was granted.
        context.Message.Reason == OrderRejectionReason.CaptureFailed
            ? Close(context, context.Message.OrderId, UndoCause.OrderRejected)
            : Task.CompletedTask;

    private Task Close(ConsumeContext context, Guid orderId, UndoCause cause) =>
        payments.Apply(context, orderId, payment => payment.Close(cause, time.GetUtcNow()));
}
