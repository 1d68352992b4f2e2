using MassTransit;

namespace OrderService;

/// <summary>Publishes an order's events numbered in sequence, per topic.</summary>
internal static class OrderPublishing
{
    public static Task PublishToOrders<T>(this BehaviorContext<Order> context, T message)
        where T : class
    {
        var version = ++context.Saga.OrdersSequence;
        return context.Publish(message, publish => publish.Headers.Set(MessageHeaders.AggregateVersion, version));
    }

    /// <summary>
    /// Saga and payment processor write the topic in turns: each answers the other, so each
    /// goes on from the number of the event it answers.
    /// </summary>
    public static Task PublishToPayments<T>(this BehaviorContext<Order> context, T message)
        where T : class
    {
        var version = ++context.Saga.PaymentsSequence;
        return context.Publish(message, publish => publish.Headers.Set(MessageHeaders.AggregateVersion, version));
    }
}
