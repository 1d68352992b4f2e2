using MassTransit;

namespace OrderService.Payments;

/// <summary>
/// What the consumers of this module have in common: they run in the transaction of the endpoint's inbox, never call the gateway, and
/// leave the row saying what is to be called.
/// </summary>
internal sealed class PaymentInbox(PaymentsDbContext database)
{
    /// <summary>Applies one input to the payment of an order, saves it and publishes the events that follow.</summary>
    public async Task Apply(ConsumeContext context, Guid orderId, Func<Payment, IEnumerable<object>> input)
    {
        var payment = await database.Payments.FindAsync([orderId], context.CancellationToken);
        if (payment is null)
        {
            payment = Payment.For(orderId);
            database.Add(payment);
        }

        foreach (var message in input(payment))
        {
            var version = payment.NextSequence();
            await context.Publish(message, publish => publish.Headers.Set(MessageHeaders.AggregateVersion, version), context.CancellationToken);
        }

        await database.SaveChangesAsync(context.CancellationToken);
    }

    public static long SequenceOf(ConsumeContext context) => context.Headers.Get<long>(MessageHeaders.AggregateVersion) ?? 1;
}
