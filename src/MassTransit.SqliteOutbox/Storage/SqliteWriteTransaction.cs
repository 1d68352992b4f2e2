using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// A write transaction that waited for its turn without holding a thread. Dispose it to give the turn back; what was
/// not committed by then is rolled back. For one thread at a time, as its context.
/// </summary>
public sealed class SqliteWriteTransaction : IAsyncDisposable, IDeliveryTransaction
{
    private readonly WriteGate? _gate;
    private readonly IDbContextTransaction _transaction;
    private bool _disposed;

    private SqliteWriteTransaction(WriteGate? gate, IDbContextTransaction transaction)
    {
        _gate = gate;
        _transaction = transaction;
    }

    internal static async Task<SqliteWriteTransaction> BeginAsync(DbContext context, CancellationToken cancellationToken)
    {
        WriteGate? gate = OutboxDatabase.Of(context).GateOf(context.Database.GetDbConnection());
        if (gate is not null)
            await gate.EnterAsync(SaveChangesTurn.LeaveTo(context), cancellationToken).ConfigureAwait(false);

        try
        {
            return new SqliteWriteTransaction(gate,
                await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            gate?.Leave();
            throw;
        }
    }

    /// <summary>Makes everything since the beginning durable and visible, in one step. Not cancellable.</summary>
    /// <exception cref="System.Data.Common.DbException">The database refused; nothing was committed.</exception>
    public Task CommitAsync() => _transaction.CommitAsync(CancellationToken.None);

    /// <summary>Rolls back unless committed, and lets the next writer in.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;

        _disposed = true;
        try
        {
            await _transaction.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate?.Leave();
        }
    }
}
