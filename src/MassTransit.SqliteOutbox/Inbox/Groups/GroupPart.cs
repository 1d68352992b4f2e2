using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// One delivery's part of a group's transaction, between two savepoints. While it lasts, the delivery's own context works
/// on the group's connection; afterwards it has its own again. A part that is not committed is undone, alone.
/// </summary>
internal sealed class GroupPart : IDeliveryTransaction
{
    private const string Savepoint = "delivery";

    private readonly DeliveryGroup _group;
    private readonly DbContext _dbContext;
    private readonly string? _connectionString;
    private readonly Func<DeliveryGroup, Task> _handOn;
    private readonly IDbContextTransaction _transaction;
    private bool _over;

    private GroupPart(DeliveryGroup group, DbContext dbContext, string? connectionString, IDbContextTransaction transaction, Func<DeliveryGroup, Task> handOn)
    {
        _group = group;
        _dbContext = dbContext;
        _connectionString = connectionString;
        _transaction = transaction;
        _handOn = handOn;
    }

    /// <summary>Null when the context has opened a connection already, or was given one: it stays on that.</summary>
    public static async Task<GroupPart?> TryBeginAsync(DeliveryGroup group, DbContext dbContext, Func<DeliveryGroup, Task> handOn, CancellationToken cancellationToken)
    {
        if (RelationalOptionsExtension.Extract(dbContext.GetService<IDbContextOptions>()).Connection is not null)
            return null;

        string? connectionString = dbContext.Database.GetConnectionString();
        try
        {
            dbContext.Database.SetDbConnection(group.Context.Database.GetDbConnection());
        }
        catch (InvalidOperationException)
        {
            // To ask first would create the very connection that is not needed, with all of EF Core's functions in it.
            return null;
        }

        group.Size++;
        IDbContextTransaction? transaction = null;
        try
        {
            DbTransaction shared = group.Context.Database.CurrentTransaction!.GetDbTransaction();
            transaction = (await dbContext.Database.UseTransactionAsync(shared, cancellationToken).ConfigureAwait(false))!;
            await transaction.CreateSavepointAsync(Savepoint, cancellationToken).ConfigureAwait(false);

            return new GroupPart(group, dbContext, connectionString, transaction, handOn);
        }
        catch (Exception exception)
        {
            group.Break(exception);
            GiveBack(dbContext, transaction, connectionString);
            throw;
        }
    }

    /// <exception cref="GroupLostException">Nothing of the group was committed.</exception>
    public async Task CommitAsync()
    {
        try
        {
            await _transaction.ReleaseSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
            _group.Finished++;
            // The commit will be that context's, and so will be the relay's waking.
            PendingRows.HandOver(_dbContext, _group.Context);
        }
        catch (Exception exception)
        {
            _group.Break(exception);
        }

        await LeaveAsync().ConfigureAwait(false);
        if (await _group.Outcome.ConfigureAwait(false) is { } cause)
            throw new GroupLostException(cause);
    }

    public async ValueTask DisposeAsync()
    {
        if (_over)
            return;

        try
        {
            await _transaction.RollbackToSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
            await _transaction.ReleaseSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Some failures, a full disk for one, make SQLite roll back everything.
            _group.Break(exception);
        }

        await LeaveAsync().ConfigureAwait(false);
    }

    private async Task LeaveAsync()
    {
        _over = true;
        try
        {
            GiveBack(_dbContext, _transaction, _connectionString);
        }
        finally
        {
            // Whatever became of the context: those in line wait for the turn.
            await _handOn(_group).ConfigureAwait(false);
        }
    }

    private static void GiveBack(DbContext dbContext, IDbContextTransaction? transaction, string? connectionString)
    {
        transaction?.Dispose();
        dbContext.Database.SetDbConnection(null);
        dbContext.Database.SetConnectionString(connectionString);
    }
}
