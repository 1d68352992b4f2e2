using System.Data.Common;
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
/// <remarks>
/// The turn is taken when the saving first goes to the database and not when it begins: what fails before that, another
/// interceptor for one, is nobody told of who could give it back. A transaction that the application begins after such a
/// saving looks like the saving's own and takes the turn; it ends with the transaction, at the latest with its connection.
/// </remarks>
internal sealed class SaveChangesTurn(TimeSpan patience) : SaveChangesInterceptor, IDbTransactionInterceptor, IDbCommandInterceptor, IDbConnectionInterceptor
{
    private readonly ConditionalWeakTable<DbContext, Turn> _turns = [];

    /// <summary>Before a transaction that waits for its turn by itself; a saving that came to nothing may have been about to.</summary>
    /// <returns>How long a writer of this context waits; as by default where this was not registered.</returns>
    public static TimeSpan LeaveTo(DbContext context)
    {
        SaveChangesTurn? registered = context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Interceptors?
            .OfType<SaveChangesTurn>().FirstOrDefault();
        registered?.Leave(context);

        return registered?.Patience ?? SqliteOutboxOptions.DefaultBusyTimeout;
    }

    private TimeSpan Patience => patience;

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData,
        InterceptionResult<int> result, CancellationToken cancellationToken = default) => ValueTask.FromResult(SavingChanges(eventData, result));

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (eventData.Context is { } context && Prepare(context) is { } gate)
            _turns.AddOrUpdate(context, new Turn(gate));

        return result;
    }

    /// <summary>Of a saving that takes several commands.</summary>
    public async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(DbConnection connection, TransactionStartingEventData eventData,
        InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        await EnterAsync(eventData.Context, cancellationToken).ConfigureAwait(false);

        return result;
    }

    public InterceptionResult<DbTransaction> TransactionStarting(DbConnection connection, TransactionStartingEventData eventData,
        InterceptionResult<DbTransaction> result)
    {
        Enter(eventData.Context);

        return result;
    }

    /// <summary>Of a saving that takes a single command.</summary>
    public async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData,
        InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (eventData.CommandSource == CommandSource.SaveChanges)
            await EnterAsync(eventData.Context, cancellationToken).ConfigureAwait(false);

        return result;
    }

    public InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        if (eventData.CommandSource == CommandSource.SaveChanges)
            Enter(eventData.Context);

        return result;
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        End(eventData.Context);

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => GiveBack(eventData.Context);

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        End(eventData.Context);

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => GiveBack(eventData.Context);

    /// <summary>Of a transaction that was left without a word.</summary>
    public Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData) => End(eventData.Context);

    public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => GiveBack(eventData.Context);

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

    private static WriteGate? Prepare(DbContext context)
    {
        foreach (EntityEntry entry in context.ChangeTracker.Entries())
        {
            if (entry.State == EntityState.Modified)
                RowVersion.Raise(entry);
        }

        return context.Database.CurrentTransaction is null && context.ChangeTracker.HasChanges()
            ? OutboxDatabase.Of(context).GateOf(context.Database.GetDbConnection())
            : null;
    }

    private async ValueTask EnterAsync(DbContext? context, CancellationToken cancellationToken)
    {
        if (context is null || !_turns.TryGetValue(context, out Turn? turn) || turn.IsTaken)
            return;

        await turn.Gate.EnterAsync(patience, cancellationToken).ConfigureAwait(false);
        turn.IsTaken = true;
    }

    private void Enter(DbContext? context)
    {
        if (context is null || !_turns.TryGetValue(context, out Turn? turn) || turn.IsTaken)
            return;

        turn.Gate.Enter(patience);
        turn.IsTaken = true;
    }

    private void Leave(DbContext? context)
    {
        GiveBack(context);
        if (context is not null)
            _turns.Remove(context);
    }

    private Task End(DbContext? context)
    {
        GiveBack(context);

        return Task.CompletedTask;
    }

    /// <summary>A saving that is under way may still take it again.</summary>
    private void GiveBack(DbContext? context)
    {
        if (context is null || !_turns.TryGetValue(context, out Turn? turn) || !turn.IsTaken)
            return;

        turn.IsTaken = false;
        turn.Gate.Leave();
    }

    private sealed class Turn(WriteGate gate)
    {
        public WriteGate Gate { get; } = gate;

        public bool IsTaken { get; set; }
    }
}
