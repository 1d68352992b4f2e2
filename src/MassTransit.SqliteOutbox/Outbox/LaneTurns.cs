using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Makes row numbers the order of commits within a lane, where the database does not: before the first row of a lane gets
/// its number, the transaction waits for the lane, and has it until it ends. A save outside a transaction is given one.
/// </summary>
internal sealed class LaneTurns : SaveChangesInterceptor, IDbTransactionInterceptor
{
    private readonly ConditionalWeakTable<DbContext, Own> _saving = [];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        using DbCommand? command = Begin(eventData.Context);
        command?.ExecuteNonQuery();

        return result;
    }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData,
        InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await using DbCommand? command = Begin(eventData.Context);
        if (command is not null)
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);

        return result;
    }

    public DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        using DbCommand? command = Begun(eventData.Context, connection, result);
        command?.ExecuteNonQuery();

        return result;
    }

    public async ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData,
        DbTransaction result, CancellationToken cancellationToken = default)
    {
        await using DbCommand? command = Begun(eventData.Context, connection, result);
        if (command is not null)
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);

        return result;
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        End(eventData.Context);
        if (eventData.Context is { } context)
            PendingRows.Of(context)?.Saved();

        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result,
        CancellationToken cancellationToken = default) => ValueTask.FromResult(SavedChanges(eventData, result));

    public override void SaveChangesFailed(DbContextErrorEventData eventData) => End(eventData.Context);

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        End(eventData.Context);

        return Task.CompletedTask;
    }

    public override void SaveChangesCanceled(DbContextEventData eventData) => End(eventData.Context);

    public override Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        End(eventData.Context);

        return Task.CompletedTask;
    }

    /// <summary>What locks the lanes of this save in the transaction there is; without one, the save's own will.</summary>
    private DbCommand? Begin(DbContext? context)
    {
        if (context is null || PendingRows.Of(context) is not { UnsavedLanes.Count: > 0 } rows)
            return null;

        IOutboxDatabase database = OutboxDatabase.Of(context);
        if (database.HasOneWriter)
            return null;

        if (context.Database.CurrentTransaction is { } transaction)
            return database.LockLanes(context, context.Database.GetDbConnection(), transaction.GetDbTransaction(), rows.UnsavedLanes);

        _saving.Add(context, new Own(context.Database.AutoTransactionBehavior));
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;

        return null;
    }

    private DbCommand? Begun(DbContext? context, DbConnection connection, DbTransaction transaction) =>
        context is not null && _saving.TryGetValue(context, out _)
            ? OutboxDatabase.Of(context).LockLanes(context, connection, transaction, PendingRows.Of(context)!.UnsavedLanes)
            : null;

    private void End(DbContext? context)
    {
        if (context is null || !_saving.TryGetValue(context, out Own? own))
            return;

        _saving.Remove(context);
        context.Database.AutoTransactionBehavior = own.Behavior;
    }

    /// <summary>What the context did about transactions before.</summary>
    private sealed record Own(AutoTransactionBehavior Behavior);
}
