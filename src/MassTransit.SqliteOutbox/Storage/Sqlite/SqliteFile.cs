using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace MassTransit.SqliteOutbox;

/// <summary>One file, one writer at a time: row numbers are the order of commits, and nothing needs a lock besides the file.</summary>
internal sealed class SqliteFile : IOutboxDatabase
{
    public string Name => "sqlite";

    public bool HasOneWriter => true;

    public WriteGate GateOf(DbConnection connection) => WriteGate.For(connection);

    public DbCommand LockLanes(DbContext dbContext, DbConnection connection, DbTransaction transaction, IEnumerable<string> lanes) =>
        throw new NotSupportedException("A file has one writer.");

    public Task LockInstanceAsync(DbContext dbContext, IEntityType entity, Guid correlationId, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task<IAsyncDisposable?> TryTakeRelayTurnAsync(DbContext dbContext, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable?>(RelayTurnFile.TryTake(DatabaseFile.PathOf(dbContext.Database.GetDbConnection())));

    public async Task CommitLazilyAsync(DbContext dbContext, Func<Task> work)
    {
        await dbContext.Database.OpenConnectionAsync().ConfigureAwait(false);
        try
        {
            // Before the transaction, inside of which it cannot be changed; the next opening gives the configured setting back.
            await dbContext.Database.ExecuteSqlRawAsync("PRAGMA synchronous=NORMAL").ConfigureAwait(false);

            await using SqliteWriteTransaction transaction = await dbContext.BeginWriteTransactionAsync().ConfigureAwait(false);
            await work().ConfigureAwait(false);
            await transaction.CommitAsync().ConfigureAwait(false);
        }
        finally
        {
            await dbContext.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    public void Create(DbContext dbContext)
    {
        if (DatabaseFile.PathOf(dbContext.Database.GetDbConnection()) is { } file)
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);

        try
        {
            dbContext.Database.EnsureCreated();
        }
        catch (SqliteException) when (dbContext.GetService<IRelationalDatabaseCreator>().HasTables())
        {
            // Tables are created in one transaction: that they exist means that another process was faster.
        }
    }
}
