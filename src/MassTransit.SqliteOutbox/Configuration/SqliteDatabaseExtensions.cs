using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit;

/// <summary>Makes sure that a service's database is there before the service is.</summary>
public static class SqliteDatabaseExtensions
{
    /// <summary>
    /// Creates the folder, the file and the tables of <typeparamref name="TDbContext"/> where they are missing. Several
    /// processes may do so at once. An existing schema is left as it is.
    /// </summary>
    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be created.</exception>
    public static void CreateSqliteDatabase<TDbContext>(this IServiceProvider services)
        where TDbContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(services);

        using IServiceScope scope = services.CreateScope();
        DatabaseFacade database = scope.ServiceProvider.GetRequiredService<TDbContext>().Database;

        if (SqliteOutbox.DatabaseFile.PathOf(database.GetDbConnection()) is { } file)
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);

        try
        {
            database.EnsureCreated();
        }
        catch (SqliteException) when (database.GetService<IRelationalDatabaseCreator>().HasTables())
        {
            // Tables are created in one transaction: that they exist means that another process was faster.
        }
    }
}
