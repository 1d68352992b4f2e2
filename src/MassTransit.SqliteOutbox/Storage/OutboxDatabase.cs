using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>Tells from a context's provider which database is behind it.</summary>
internal static class OutboxDatabase
{
    private static readonly SqliteFile Sqlite = new();
    private static readonly PostgresServer Postgres = new();

    /// <exception cref="NotSupportedException">The context uses neither SQLite nor PostgreSQL.</exception>
    public static IOutboxDatabase Of(DbContext context) => context.Database.ProviderName switch
    {
        "Microsoft.EntityFrameworkCore.Sqlite" => Sqlite,
        "Npgsql.EntityFrameworkCore.PostgreSQL" => Postgres,
        var other => throw new NotSupportedException(
            $"{context.GetType().Name} uses {other ?? "no relational provider"}; inbox and outbox need SQLite (UseSqlite) or PostgreSQL (UseNpgsql)."),
    };
}
