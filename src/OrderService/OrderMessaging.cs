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
            log.Carry(Topics.Orders, topic =>
            {
                topic.Carries<OrderSubmitted>(m => Key(m.OrderId));
                topic.Carries<OrderAwaitingPayment>(m => Key(m.OrderId));
                topic.Carries<OrderConfirmed>(m => Key(m.OrderId));
                topic.Carries<OrderRejected>(m => Key(m.OrderId));
                topic.Carries<OrderCancelled>(m => Key(m.OrderId));
                topic.Carries<OrderExpired>(m => Key(m.OrderId));
                topic.Carries<OrderCancellationRefused>(m => Key(m.OrderId));
                topic.Carries<OrderSettled>(m => Key(m.OrderId));
            });
            log.Carry(Topics.Payments, topic =>
            {
                topic.Carries<PaymentRequested>(m => Key(m.OrderId));
                topic.Carries<PaymentAuthorized>(m => Key(m.OrderId));
                topic.Carries<PaymentDeclined>(m => Key(m.OrderId));
                topic.Carries<PaymentDeferred>(m => Key(m.OrderId));
                topic.Carries<PaymentCaptureRequested>(m => Key(m.OrderId));
                topic.Carries<PaymentCaptured>(m => Key(m.OrderId));
                topic.Carries<PaymentCaptureFailed>(m => Key(m.OrderId));
                topic.Carries<PaymentVoided>(m => Key(m.OrderId));
            });
            log.Carry(Topics.InventoryUpdates, topic =>
            {
                topic.Carries<StockReserved>();
                topic.Carries<StockRejected>();
                topic.Carries<StockCommitted>();
                topic.Carries<StockReleased>();
            });
            log.Send<CancelOrder>(send => send.UsePartitionKeyFormatter(context => Key(context.Message.OrderId)));
            log.Send<DeadlineReached>(send => send.UsePartitionKeyFormatter(context => Key(context.Message.OrderId)));
            log.Send<GatewayAnswered>(send => send.UsePartitionKeyFormatter(context => Key(context.Message.OrderId)));
            log.ConfigureEndpoints(context);
        });

    private static string Key(Guid orderId) => orderId.ToString();

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
