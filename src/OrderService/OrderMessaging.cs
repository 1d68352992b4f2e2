using Contracts;
using MassTransit;
using OrderService.Payments;

namespace OrderService;

/// <summary>What this process sends and consumes, and the one place that knows over which transport.</summary>
internal static class OrderMessaging
{
    public const string SagaEndpoint = "order-saga";

    public static void AddOrderMessaging(
        this IServiceCollection services, IConfiguration configuration, Action<IBusRegistrationConfigurator, IConfiguration> transport) =>
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            bus.AddOrderSaga();
            bus.AddPaymentProcessor();
            transport(bus, configuration);
        });

    public static void AddOrderSaga(this IBusRegistrationConfigurator bus)
    {
        bus.AddSqliteOutbox<OrdersDbContext>(outbox => outbox.InboxFor = endpoint => endpoint == SagaEndpoint);
        bus.AddSagaStateMachine<OrderStateMachine, Order>().Endpoint(e => e.Name = SagaEndpoint).SqliteRepository<OrdersDbContext>();
    }

    public static void UseLog(IBusRegistrationConfigurator bus, IConfiguration configuration) =>
        bus.UsingLog((context, log) =>
        {
            log.Host(configuration.GetConnectionString("bus") ?? "localhost:9092", host => host.ApplicationName("order"));
            log.StartFrom(StartPosition.Earliest);
            // Replies are listened for from the start, or the first cancellation would wait for that too.
            log.AutoStart = true;
            log.Carry(Topics.Orders, topic =>
            {
                log.Writes<OrderSubmitted>(topic, m => m.OrderId);
                log.Writes<OrderAwaitingPayment>(topic, m => m.OrderId);
                log.Writes<OrderConfirmed>(topic, m => m.OrderId);
                log.Writes<OrderRejected>(topic, m => m.OrderId);
                log.Writes<OrderCancelled>(topic, m => m.OrderId);
                log.Writes<OrderExpired>(topic, m => m.OrderId);
                log.Writes<OrderCancellationRefused>(topic, m => m.OrderId);
                log.Writes<OrderSettled>(topic, m => m.OrderId);
            });
            log.Carry(Topics.Payments, topic =>
            {
                log.Writes<PaymentRequested>(topic, m => m.OrderId);
                log.Writes<PaymentAuthorized>(topic, m => m.OrderId);
                log.Writes<PaymentDeclined>(topic, m => m.OrderId);
                log.Writes<PaymentDeferred>(topic, m => m.OrderId);
                log.Writes<PaymentCaptureRequested>(topic, m => m.OrderId);
                log.Writes<PaymentCaptured>(topic, m => m.OrderId);
                log.Writes<PaymentCaptureFailed>(topic, m => m.OrderId);
                log.Writes<PaymentVoided>(topic, m => m.OrderId);
            });
            log.Carry(Topics.InventoryUpdates, topic =>
            {
                topic.Carries<StockReserved>();
                topic.Carries<StockRejected>();
                topic.Carries<StockCommitted>();
                topic.Carries<StockReleased>();
            });
            log.SendsKeyed<CancelOrder>(m => m.OrderId);
            log.SendsKeyed<DeadlineReached>(m => m.OrderId);
            log.SendsKeyed<GatewayAnswered>(m => m.OrderId);
            log.ConfigureEndpoints(context);
        });

    private static void Writes<T>(this ILogBusFactoryConfigurator log, ILogTopicConfigurator topic, Func<T, Guid> orderId)
        where T : class
    {
        topic.Carries<T>(message => orderId(message).ToString());
        log.Send<T>(send => send.UseCorrelationId(orderId));
    }

    /// <summary>What an endpoint is sent directly keeps its turn among the other messages of the order to it.</summary>
    private static void SendsKeyed<T>(this ILogBusFactoryConfigurator log, Func<T, Guid> orderId)
        where T : class =>
        log.Send<T>(send =>
        {
            send.UsePartitionKeyFormatter(context => orderId(context.Message).ToString());
            send.UseCorrelationId(orderId);
        });

    private static void Carry(this ILogBusFactoryConfigurator log, Topic topic, Action<ILogTopicConfigurator> types) =>
        log.Topic(topic.Name, configured =>
        {
            configured.Partitions(topic.Partitions);
            if (topic.Cleanup == TopicCleanup.Compact)
            {
                configured.Compacted();
            }

            if (topic.Retention is { } retention)
            {
                configured.Retention(retention);
            }

            types(configured);
        });
}
