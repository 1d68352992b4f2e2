using MassTransit.Configuration;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MassTransit.SqliteOutbox;

internal static class SqliteOutboxRegistration
{
    public static void Register<TDbContext>(IBusRegistrationConfigurator configurator, SqliteOutboxOptions options)
        where TDbContext : DbContext
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.ConflictRetryLimit);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxGroupMessages, 1);

        if (configurator.Any(service => service.ServiceType == typeof(OutboxSettings<TDbContext>)))
            throw new ConfigurationException($"AddSqliteOutbox was already called for {typeof(TDbContext).Name}.");

        configurator.AddSingleton(new OutboxSettings<TDbContext>(options));
        configurator.TryAddSingleton(TimeProvider.System);
        configurator.TryAddSingleton<SqliteOutboxMetrics>();
        configurator.AddSingleton<RelaySignal<TDbContext>>();
        configurator.AddSingleton<RelayWakeUp<TDbContext>>();
        configurator.AddHostedService<OutboxRelay<TDbContext>>();
        if (options.ReadableRecords is not null)
            configurator.AddHostedService<InboxCleaning<TDbContext>>();

        configurator.AddSingleton<DeliveryGroups<TDbContext>>();
        configurator.TryAddScoped<IOutboxContextFactory<TDbContext>, InboxTransaction<TDbContext>>();

        var connectionSettings = new ConnectionSettings(options);
        var saveChangesTurn = new SaveChangesTurn(options.BusyTimeout);
        var laneTurns = new LaneTurns();
        configurator.ConfigureDbContext<TDbContext>((provider, builder) => builder.AddInterceptors(
            connectionSettings, saveChangesTurn, laneTurns, provider.GetRequiredService<RelayWakeUp<TDbContext>>()));

        if (options.BusOutbox)
            configurator.ReplaceScoped<IScopedBusContextProvider<IBus>, OutboxBusContextProvider<TDbContext>>();

        configurator.AddConfigureEndpointsCallback((context, name, endpoint) =>
        {
            if (options.InboxFor(name))
                UseInbox<TDbContext>(endpoint, context);
        });
    }

    public static void UseInbox<TDbContext>(IReceiveEndpointConfigurator configurator, IRegistrationContext context)
        where TDbContext : DbContext
    {
        SqliteOutboxOptions options = context.GetRequiredService<OutboxSettings<TDbContext>>().Options;

        // Around the inbox, so that every attempt has a scope, a context and a transaction of its own.
        if (options.ConflictRetryLimit > 0)
        {
            configurator.UseMessageRetry(retry =>
            {
                retry.Handle<Exception>(Conflict.Caused);
                retry.Immediate(options.ConflictRetryLimit);
            });
        }

        var inbox = new OutboxConsumePipeSpecificationObserver<TDbContext>(configurator, context);
        configurator.ConnectConsumerConfigurationObserver(inbox);
        configurator.ConnectSagaConfigurationObserver(inbox);
    }
}
