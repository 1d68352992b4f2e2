using Contracts;
using MassTransit;

namespace NotificationService;

internal sealed class PaymentCapturedConsumer(Milestones milestones) : IConsumer<PaymentCaptured>
{
    public Task Consume(ConsumeContext<PaymentCaptured> context) => milestones.Reached(context.Message.OrderId, Milestone.PaymentReceipt,
        $"We received {Money.Text(context.Message.AmountMinor, context.Message.Currency)}. Thank you.");
}
