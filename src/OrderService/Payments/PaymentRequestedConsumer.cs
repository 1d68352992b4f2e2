using System.Diagnostics;
using Contracts;
using MassTransit;

namespace OrderService.Payments;

internal sealed class PaymentRequestedConsumer(PaymentInbox payments, TimeProvider time) : IConsumer<PaymentRequested>
{
    public Task Consume(ConsumeContext<PaymentRequested> context) =>
        payments.Apply(context, context.Message.OrderId, payment =>
            payment.Request(context.Message, PaymentInbox.SequenceOf(context), Activity.Current?.Id, time.GetUtcNow()));
}
