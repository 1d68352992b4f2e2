using MassTransit.SqliteOutbox;
using Microsoft.EntityFrameworkCore;

namespace MassTransit;

/// <summary>Write transactions that take their turn.</summary>
public static class SqliteDbContextExtensions
{
    /// <summary>
    /// Begins a transaction that holds the file's write lock from the start (<c>BEGIN IMMEDIATE</c>), after waiting for
    /// its turn among the writers of this process without holding a thread. <c>SaveChanges</c> does the same by itself
    /// when there is no transaction; use this where several statements belong together. On PostgreSQL it is an ordinary
    /// transaction and waits for nobody.
    /// </summary>
    /// <exception cref="TimeoutException">No turn within the busy timeout.</exception>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">Another process held the lock for the whole busy timeout.</exception>
    public static Task<SqliteWriteTransaction> BeginWriteTransactionAsync(this DbContext context,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);

        return SqliteWriteTransaction.BeginAsync(context, cancellationToken);
    }
}
