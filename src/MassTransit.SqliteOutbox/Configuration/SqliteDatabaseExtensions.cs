using MassTransit.SqliteOutbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit;

/// <summary>Makes sure that a service's database is there before the service is.</summary>
public static class SqliteDatabaseExtensions
{
    /// <summary>
    /// Creates the folder and the file, or the server's database, and the tables of <typeparamref name="TDbContext"/> where
    /// they are missing. Several processes may do so at once. An existing schema is left as it is.
    /// </summary>
    /// <exception cref="System.Data.Common.DbException">
    /// The file cannot be opened or is no database; the server cannot be reached or refuses.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be created.</exception>
    public static void CreateSqliteDatabase<TDbContext>(this IServiceProvider services)
        where TDbContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(services);

        using IServiceScope scope = services.CreateScope();
        DbContext context = scope.ServiceProvider.GetRequiredService<TDbContext>();
        OutboxDatabase.Of(context).Create(context);
    }
}
