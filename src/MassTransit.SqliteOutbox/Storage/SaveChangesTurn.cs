using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Lets <c>SaveChanges</c> outside a transaction wait for its turn, and raises the version of each changed row. Inside
/// a transaction the turn is the transaction's.
/// </summary>
internal sealed class SaveChangesTurn(TimeSpan patience) : SaveChangesInterceptor
{
    private readonly ConditionalWeakTable<DbContext, WriteGate> _held = [];

    /// <summary>How long a writer of this context waits for its turn; as by default where it was not registered.</summary>
    public static TimeSpan PatienceOf(DbContext context) =>
        context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Interceptors?
            .OfType<SaveChangesTurn>().FirstOrDefault()?.Patience ?? SqliteOutboxOptions.DefaultBusyTimeout;

    private TimeSpan Patience => patience;

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData,
        InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (Prepare(eventData.Context) is { } gate)
        {
            await gate.EnterAsync(patience, cancellationToken).ConfigureAwait(false);
            _held.Add(eventData.Context!, gate);
        }

        return result;
    }

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (Prepare(eventData.Context) is { } gate)
        {
            gate.Enter(patience);
            _held.Add(eventData.Context!, gate);
        }

        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result,
        CancellationToken cancellationToken = default) => ValueTask.FromResult(SavedChanges(eventData, result));

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Leave(eventData.Context);

        return result;
    }

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Leave(eventData.Context);

        return Task.CompletedTask;
    }

    public override void SaveChangesFailed(DbContextErrorEventData eventData) => Leave(eventData.Context);

    public override Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        Leave(eventData.Context);

        return Task.CompletedTask;
    }

    public override void SaveChangesCanceled(DbContextEventData eventData) => Leave(eventData.Context);

    private static WriteGate? Prepare(DbContext? context)
    {
        if (context is null)
            return null;

        foreach (EntityEntry entry in context.ChangeTracker.Entries())
        {
            if (entry.State == EntityState.Modified)
                RowVersion.Raise(entry);
        }

        return context.Database.CurrentTransaction is null && context.ChangeTracker.HasChanges()
            ? OutboxDatabase.Of(context).GateOf(context.Database.GetDbConnection())
            : null;
    }

    private void Leave(DbContext? context)
    {
        if (context is null || !_held.TryGetValue(context, out WriteGate? gate))
            return;

        _held.Remove(context);
        gate.Leave();
    }
}
