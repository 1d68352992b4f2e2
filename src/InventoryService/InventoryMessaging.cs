using Contracts;
using MassTransit;

namespace InventoryService;

/// <summary>What this process publishes and consumes, and the one place that knows over which transport.</summary>
internal static class InventoryMessaging
{
    /// <summary>Reads <c>orders</c> and nothing else: one topic, one key, so an order's submission always comes before its end.</summary>
    public const string Endpoint = "inventory-orders";

    public static void AddInventoryMessaging(
        this IServiceCollection services, IConfiguration configuration, Action<IBusRegistrationConfigurator, IConfiguration> transport) =>
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            bus.AddSqliteOutbox<InventoryDbContext>();
            bus.AddConsumer<OrderSubmittedConsumer>().Endpoint(endpoint => endpoint.Name = Endpoint);
            bus.AddConsumer<OrderConfirmedConsumer>().Endpoint(endpoint => endpoint.Name = Endpoint);
            bus.AddConsumer<OrderUndoneConsumer>().Endpoint(endpoint => endpoint.Name = Endpoint);
            transport(bus, configuration);
        });

    public static void UseLog(IBusRegistrationConfigurator bus, IConfiguration configuration) =>
        bus.UsingLog((context, log) =>
        {
            log.Host(configuration.GetConnectionString("bus") ?? "localhost:9092", host => host.ApplicationName("inventory"));
            log.StartFrom(StartPosition.Earliest);
            log.Carry(Topics.Orders, topic => topic
                .Carries<OrderSubmitted>()
                .Carries<OrderConfirmed>()
                .Carries<OrderRejected>()
                .Carries<OrderCancelled>()
                .Carries<OrderExpired>());
            log.Carry(Topics.InventoryUpdates, topic => topic
                .Carries<StockReserved>(message => message.OrderId.ToString())
                .Carries<StockRejected>(message => message.OrderId.ToString())
                .Carries<StockCommitted>(message => message.OrderId.ToString())
                .Carries<StockReleased>(message => message.OrderId.ToString()));
            log.Carry(Topics.StockLevels, topic => topic.Carries<StockLevelChanged>(message => message.Sku));
            log.ConfigureEndpoints(context);
        });

    private static void Carry(this ILogBusFactoryConfigurator log, Topic topic, Action<ILogTopicConfigurator> types) =>
        log.Topic(topic.Name, configured =>
        {
            configured.Partitions(topic.Partitions);
            if (topic.Cleanup == TopicCleanup.Compact)
                configured.Compacted();

            if (topic.Retention is { } retention)
                configured.Retention(retention);

            types(configured);
        });
}
