using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Payload of a delivery that already runs in a transaction. A saga repository that finds its own context here writes
/// into that transaction instead of beginning one.
/// </summary>
internal interface IJoinsTransaction
{
    DbContext DbContext { get; }
}
