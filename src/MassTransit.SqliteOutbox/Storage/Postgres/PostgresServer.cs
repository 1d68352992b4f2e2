using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace MassTransit.SqliteOutbox;

/// <summary>A server with many writers at once: order and exclusion come from its locks, which end with the transaction that took them.</summary>
internal sealed class PostgresServer : IOutboxDatabase
{
    public string Name => "postgresql";

    public bool HasOneWriter => false;

    public WriteGate? GateOf(DbConnection connection) => null;

    public DbCommand LockLanes(DbContext dbContext, DbConnection connection, DbTransaction transaction, IEnumerable<string> lanes)
    {
        var command = (NpgsqlCommand)connection.CreateCommand();
        command.Transaction = (NpgsqlTransaction)transaction;
        command.CommandText = "SELECT pg_advisory_xact_lock($1, lane) FROM unnest($2) AS lane";
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = AdvisoryLocks.TableOf(dbContext) });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = AdvisoryLocks.Of(lanes) });

        return command;
    }

    public async Task LockInstanceAsync(DbContext dbContext, IEntityType entity, Guid correlationId, CancellationToken cancellationToken)
    {
        var sql = dbContext.GetService<ISqlGenerationHelper>();
        var table = StoreObjectIdentifier.Table(entity.GetTableName()!, entity.GetSchema());
        string column = entity.FindProperty(nameof(ISaga.CorrelationId))!.GetColumnName(table)!;

        // By its number first, or two deliveries would begin one saga; the row then for writers that are no sagas.
        string statement = "SELECT pg_advisory_xact_lock({0}, {1}); " +
            $"SELECT 1 FROM {sql.DelimitIdentifier(table.Name, table.Schema)} WHERE {sql.DelimitIdentifier(column)} = {{2}} FOR UPDATE";
        (int tableNumber, int instanceNumber) = AdvisoryLocks.Of(entity, correlationId);

        await dbContext.Database.ExecuteSqlRawAsync(statement, [tableNumber, instanceNumber, correlationId], cancellationToken).ConfigureAwait(false);
    }

    public async Task<IAsyncDisposable?> TryTakeRelayTurnAsync(DbContext dbContext, CancellationToken cancellationToken) =>
        await RelayTurnLock.TryTakeAsync(dbContext, cancellationToken).ConfigureAwait(false);

    public async Task CommitLazilyAsync(DbContext dbContext, Func<Task> work)
    {
        await using IDbContextTransaction transaction = await dbContext.Database.BeginTransactionAsync().ConfigureAwait(false);
        await dbContext.Database.ExecuteSqlRawAsync("SET LOCAL synchronous_commit = off").ConfigureAwait(false);
        await work().ConfigureAwait(false);
        await transaction.CommitAsync().ConfigureAwait(false);
    }

    public void Create(DbContext dbContext)
    {
        var creator = dbContext.GetService<IRelationalDatabaseCreator>();
        try
        {
            if (!creator.Exists())
                creator.Create();
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another process was faster.
        }

        dbContext.Database.OpenConnection();
        try
        {
            int table = AdvisoryLocks.TableOf(dbContext);
            dbContext.Database.ExecuteSql($"SELECT pg_advisory_lock({table}, {AdvisoryLocks.Creation})");

            // Asked for our own table: EF Core's question is whether there is any, and contexts may share a database in schemas of their own.
            if (!HasOutbox(dbContext))
                creator.CreateTables();

            dbContext.Database.ExecuteSql($"SELECT pg_advisory_unlock({table}, {AdvisoryLocks.Creation})");
        }
        finally
        {
            // Also gives the lock back when the work failed: a pooled connection is reset.
            dbContext.Database.CloseConnection();
        }
    }

    private static bool HasOutbox(DbContext dbContext)
    {
        IEntityType outbox = dbContext.Model.FindEntityType(typeof(OutboxMessage))!;
        string name = dbContext.GetService<ISqlGenerationHelper>().DelimitIdentifier(outbox.GetTableName()!, outbox.GetSchema());

        return dbContext.Database.SqlQuery<bool>($"SELECT to_regclass({name}) IS NOT NULL AS \"Value\"").Single();
    }
}
