using Contracts;
using MassTransit;

namespace OrderService.Payments;

internal sealed class PaymentCaptureRequestedConsumer(PaymentInbox payments, TimeProvider time) : IConsumer<PaymentCaptureRequested>
{
    public Task Consume(ConsumeContext<PaymentCaptureRequested> context) =>
        payments.Apply(context, context.Message.OrderId, payment =>
        {
            payment.RequestCapture(PaymentInbox.SequenceOf(context), time.GetUtcNow());
            return [];
        });
}
