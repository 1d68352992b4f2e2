using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// The lease that lets one relay of one outbox table send at a time, across machines: an advisory lock in a transaction
/// of its own connection. The server gives it back when the transaction or the connection ends, however that comes; as
/// it belongs to a transaction, a pooler between us and the server does no harm. The transaction reads and writes
/// nothing, so it holds back neither writers nor vacuum.
/// </summary>
internal sealed class RelayTurnLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private RelayTurnLock(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Null when another relay holds it.</summary>
    public static async Task<RelayTurnLock?> TryTakeAsync(DbContext dbContext, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)((ICloneable)dbContext.Database.GetDbConnection()).Clone();
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);

            await using NpgsqlCommand command = connection.CreateCommand();
            command.CommandText = "SELECT pg_try_advisory_xact_lock($1, $2)";
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = AdvisoryLocks.TableOf(dbContext) });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = AdvisoryLocks.Relay });
            if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true)
                return new RelayTurnLock(connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await connection.DisposeAsync().ConfigureAwait(false);

        return null;
    }

    /// <summary>Closing rolls back, which gives the lock back.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
