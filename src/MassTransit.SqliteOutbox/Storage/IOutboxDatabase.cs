using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MassTransit.SqliteOutbox;

/// <summary>What a file and a server do differently. Without state of its own, for any thread.</summary>
internal interface IOutboxDatabase
{
    /// <summary>As probes name it.</summary>
    string Name { get; }

    /// <summary>
    /// One transaction writes at a time, so that row numbers are the order of commits and transactions are worth sharing.
    /// Where there are more, the writers of a lane take turns from their first row to their commit.
    /// </summary>
    bool HasOneWriter { get; }

    /// <summary>Where the writers of this process line up; null unless <see cref="HasOneWriter"/>.</summary>
    WriteGate? GateOf(DbConnection connection);

    /// <summary>What waits for the turn of these lanes; the transaction's end gives them back. Not where <see cref="HasOneWriter"/>.</summary>
    DbCommand LockLanes(DbContext dbContext, DbConnection connection, DbTransaction transaction, IEnumerable<string> lanes);

    /// <summary>Keeps other transactions from creating or changing this saga until ours ends; nothing where <see cref="HasOneWriter"/>.</summary>
    Task LockInstanceAsync(DbContext dbContext, IEntityType entity, Guid correlationId, CancellationToken cancellationToken);

    /// <summary>
    /// The turn to send, one relay at a time over all processes. Null when another has it. A holder that dies gives it
    /// back without a clock.
    /// </summary>
    Task<IAsyncDisposable?> TryTakeRelayTurnAsync(DbContext dbContext, CancellationToken cancellationToken);

    /// <summary>Runs and commits <paramref name="work"/> without waiting for the disk: for what may be lost and done again.</summary>
    Task CommitLazilyAsync(DbContext dbContext, Func<Task> work);

    /// <summary>Creates what is missing of the database and its tables; several processes may at once.</summary>
    void Create(DbContext dbContext);
}
