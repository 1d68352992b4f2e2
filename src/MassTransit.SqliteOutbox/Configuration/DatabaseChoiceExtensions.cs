using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace MassTransit;

/// <summary>Lets a connection string decide between a file and a server.</summary>
public static class DatabaseChoiceExtensions
{
    private static readonly string[] ServerKeys = ["Host", "Server"];

    /// <summary>
    /// Uses PostgreSQL when the connection string names a <c>Host</c> or <c>Server</c>, otherwise SQLite with its
    /// <c>Data Source</c>. Everything else of this library is called the same way for both.
    /// </summary>
    /// <exception cref="ArgumentException">The connection string is empty or malformed.</exception>
    public static DbContextOptionsBuilder UseOutboxDatabase(this DbContextOptionsBuilder builder, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);

        var settings = new DbConnectionStringBuilder { ConnectionString = connectionString };

        return Array.Exists(ServerKeys, settings.ContainsKey) ? builder.UseNpgsql(connectionString) : builder.UseSqlite(connectionString);
    }
}
