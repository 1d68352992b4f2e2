using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>A database of one test, with the tables of <see cref="LedgerDbContext"/>. Contexts opened here have none of the outbox's interceptors.</summary>
public abstract class TestDatabase : IAsyncDisposable
{
    public abstract string ConnectionString { get; }

    public abstract Task CreateAsync();

    public abstract ValueTask DisposeAsync();

    public LedgerDbContext Open() => new((DbContextOptions<LedgerDbContext>)
        new DbContextOptionsBuilder<LedgerDbContext>().UseOutboxDatabase(ConnectionString).Options);

    public T Read<T>(Func<LedgerDbContext, T> query)
    {
        using LedgerDbContext context = Open();

        return query(context);
    }
}
