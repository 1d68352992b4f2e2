using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>A database file in a directory of its own. Contexts opened here have none of the outbox's interceptors.</summary>
public sealed class TempDatabase : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sqlite-outbox-");

    public TempDatabase()
    {
        using LedgerDbContext context = Open();
        context.Database.EnsureCreated();
    }

    public string Path => System.IO.Path.Combine(_directory.FullName, "ledger.db");

    public string ConnectionString => $"Data Source={Path}";

    public LedgerDbContext Open() => new(new DbContextOptionsBuilder<LedgerDbContext>().UseSqlite(ConnectionString).Options);

    public T Read<T>(Func<LedgerDbContext, T> query)
    {
        using LedgerDbContext context = Open();

        return query(context);
    }

    public void Dispose()
    {
        using (var connection = new SqliteConnection(ConnectionString))
            SqliteConnection.ClearPool(connection);

        _directory.Delete(recursive: true);
    }
}
