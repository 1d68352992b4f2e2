using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MassTransit.SqliteOutbox;

/// <summary>Gives every connection what SQLite keeps per connection, and the file its write-ahead log.</summary>
internal sealed class ConnectionSettings : DbConnectionInterceptor
{
    private readonly string _statements;

    public ConnectionSettings(SqliteOutboxOptions options)
    {
        // The timeout first: switching a fresh file to WAL needs the lock that a sibling may hold.
        _statements = string.Create(CultureInfo.InvariantCulture,
            $"PRAGMA busy_timeout={(long)options.BusyTimeout.TotalMilliseconds};PRAGMA journal_mode=WAL;PRAGMA synchronous={(int)options.Synchronous};");
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        if (connection is not SqliteConnection)
            return;

        using DbCommand command = connection.CreateCommand();
        command.CommandText = _statements;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default)
    {
        if (connection is not SqliteConnection)
            return;

        await using DbCommand command = connection.CreateCommand();
        command.CommandText = _statements;
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
