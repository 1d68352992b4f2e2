using MassTransit.SqliteOutbox;
using Microsoft.EntityFrameworkCore;

namespace MassTransit;

/// <summary>
/// Registers inbox, outbox and saga repositories that live in a database of EF Core: a SQLite file, or a PostgreSQL server where
/// the context uses one.
/// </summary>
public static class SqliteOutboxConfigurationExtensions
{
    /// <summary>
    /// Publishes and sends of a scope become rows of <typeparamref name="TDbContext"/>, written by the same
    /// <c>SaveChanges</c> as the effect and delivered by a hosted service; endpoints set up by <c>ConfigureEndpoints</c>
    /// consume through the inbox. The context must be registered, and its model must call <c>AddOutboxEntities</c>.
    /// </summary>
    public static IBusRegistrationConfigurator AddSqliteOutbox<TDbContext>(this IBusRegistrationConfigurator configurator,
        Action<SqliteOutboxOptions>? configure = null)
        where TDbContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(configurator);

        var options = new SqliteOutboxOptions();
        configure?.Invoke(options);

        SqliteOutboxRegistration.Register<TDbContext>(configurator, options);

        return configurator;
    }

    /// <summary>
    /// Consumers and sagas of this endpoint run in one transaction with their inbox row and their outbox rows.
    /// <c>AddSqliteOutbox</c> does this for the endpoints that <c>ConfigureEndpoints</c> sets up; call it yourself
    /// on one configured by hand, before its consumers.
    /// </summary>
    public static void UseSqliteOutbox<TDbContext>(this IReceiveEndpointConfigurator configurator, IRegistrationContext context)
        where TDbContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(configurator);
        ArgumentNullException.ThrowIfNull(context);

        SqliteOutboxRegistration.UseInbox<TDbContext>(configurator, context);
    }

    /// <summary>
    /// Keeps the saga's instances in <typeparamref name="TDbContext"/>. The entity needs a <c>long</c> or <c>int</c> concurrency token
    /// (<c>Property(x =&gt; x.Version).IsConcurrencyToken()</c>), which is raised by one at every update; a delivery that
    /// meets a concurrent update is run again.
    /// </summary>
    public static ISagaRegistrationConfigurator SqliteRepository<TDbContext>(this ISagaRegistrationConfigurator configurator)
        where TDbContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(configurator);

        SqliteSagaRegistration.Register<TDbContext>(configurator);

        return configurator;
    }

    /// <summary>
    /// Keeps the three sagas behind MassTransit's job consumers in <typeparamref name="TDbContext"/>, whose model must call
    /// <c>AddJobSagaEntities</c>. The consumers that do the jobs stay outside the inbox: leave their endpoints out with
    /// <see cref="SqliteOutboxOptions.InboxFor"/>, since a job outlives the delivery that starts it.
    /// </summary>
    public static IJobSagaRegistrationConfigurator SqliteRepository<TDbContext>(this IJobSagaRegistrationConfigurator configurator)
        where TDbContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(configurator);

        return configurator.UseRepositoryRegistrationProvider(new SqliteSagaRegistration.Provider<TDbContext>());
    }
}
