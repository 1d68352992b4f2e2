using System.Reflection;
using MassTransit.Configuration;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Finds the saga type behind MassTransit's untyped configurator, so that callers name the context only.
/// </summary>
internal static class SqliteSagaRegistration
{
    /// <summary>For MassTransit's own sagas, whose types it names itself.</summary>
    public sealed class Provider<TDbContext> : ISagaRepositoryRegistrationProvider
        where TDbContext : DbContext
    {
        public void Configure<TSaga>(ISagaRegistrationConfigurator<TSaga> configurator)
            where TSaga : class, ISaga => RegisterSaga<TSaga, TDbContext>(configurator);
    }

    private static readonly MethodInfo RegisterTyped =
        typeof(SqliteSagaRegistration).GetMethod(nameof(RegisterSaga), BindingFlags.Static | BindingFlags.NonPublic)!;

    public static void Register<TDbContext>(ISagaRegistrationConfigurator configurator)
        where TDbContext : DbContext
    {
        Type typed = configurator.GetType().GetInterfaces().Single(type =>
            type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ISagaRegistrationConfigurator<>));

        RegisterTyped.MakeGenericMethod(typed.GetGenericArguments()[0], typeof(TDbContext)).Invoke(null, [configurator]);
    }

    private static void RegisterSaga<TSaga, TDbContext>(ISagaRegistrationConfigurator<TSaga> configurator)
        where TSaga : class, ISaga
        where TDbContext : DbContext
    {
        configurator.Repository(registration =>
        {
            registration.RegisterLoadSagaRepository<TSaga, SqliteSagaRepositoryContextFactory<TSaga, TDbContext>>();
            registration.RegisterQuerySagaRepository<TSaga, SqliteSagaRepositoryContextFactory<TSaga, TDbContext>>();
            registration.RegisterSagaRepository<TSaga, DbContext, SagaConsumeContextFactory<DbContext, TSaga>,
                SqliteSagaRepositoryContextFactory<TSaga, TDbContext>>();
        });
    }
}
