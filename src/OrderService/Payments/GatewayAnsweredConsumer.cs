using MassTransit;

namespace OrderService.Payments;

internal sealed partial class GatewayAnsweredConsumer(PaymentInbox payments, TimeProvider time, ILogger<GatewayAnsweredConsumer> logger)
    : IConsumer<GatewayAnswered>
{
    public Task Consume(ConsumeContext<GatewayAnswered> context) =>
        payments.Apply(context, context.Message.OrderId, payment =>
        {
            var events = payment.Answer(context.Message, time.GetUtcNow());
            if (payment.State == PaymentState.VoidRefused)
            {
                LogVoidRefused(logger, payment.PaymentId, payment.OrderId, context.Message.Code);
            }

            return events;
        });

    [LoggerMessage(Level = LogLevel.Error, Message = "The gateway would not void payment {PaymentId} of the closed order {OrderId}: {Code}")]
    private static partial void LogVoidRefused(ILogger logger, Guid? paymentId, Guid orderId, string? code);
}
