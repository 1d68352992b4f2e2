using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MassTransit.SqliteOutbox;

/// <summary>Wakes the relay once outbox rows are committed, never before.</summary>
internal sealed class RelayWakeUp<TDbContext>(RelaySignal<TDbContext> signal) : SaveChangesInterceptor, IDbTransactionInterceptor
{
    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        if (eventData.Context?.Database.CurrentTransaction is null)
            WakeFor(eventData.Context);

        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result,
        CancellationToken cancellationToken = default) => ValueTask.FromResult(SavedChanges(eventData, result));

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => WakeFor(eventData.Context);

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData,
        CancellationToken cancellationToken = default)
    {
        WakeFor(eventData.Context);

        return Task.CompletedTask;
    }

    private void WakeFor(DbContext? context)
    {
        if (PendingRows.TakeUncommitted(context))
            signal.Raise();
    }
}
