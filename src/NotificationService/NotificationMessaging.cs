using Contracts;
using MassTransit;

namespace NotificationService;

/// <summary>What this process publishes and consumes, and the one place that knows over which transport.</summary>
internal static class NotificationMessaging
{
    public const string Endpoint = "notifications";

    public static void AddNotificationMessaging(
        this IServiceCollection services, IConfiguration configuration, Action<IBusRegistrationConfigurator, IConfiguration> transport) =>
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            bus.AddSqliteOutbox<NotificationDbContext>();
            bus.AddConsumer<OrderSubmittedConsumer>().Endpoint(endpoint => endpoint.Name = Endpoint);
            bus.AddConsumer<PaymentCapturedConsumer>().Endpoint(endpoint => endpoint.Name = Endpoint);
            bus.AddConsumer<OrderEndedConsumer>().Endpoint(endpoint => endpoint.Name = Endpoint);
            transport(bus, configuration);
        });

    public static void UseLog(IBusRegistrationConfigurator bus, IConfiguration configuration) =>
        bus.UsingLog((context, log) =>
        {
            log.Host(configuration.GetConnectionString("bus") ?? "localhost:9092", host => host.ApplicationName("notification"));
            log.StartFrom(StartPosition.Earliest);
            log.Carry(Topics.Orders, topic => topic
                .Carries<OrderSubmitted>()
                .Carries<OrderConfirmed>()
                .Carries<OrderRejected>()
                .Carries<OrderCancelled>()
                .Carries<OrderExpired>());
            log.Carry(Topics.Payments, topic => topic.Carries<PaymentCaptured>());
            log.Carry(Topics.OrderNotifications, topic => topic.Carries<NotificationSent>(message => message.CustomerId));
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
