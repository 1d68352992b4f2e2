using Microsoft.Data.Sqlite;

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>A file in a directory of its own.</summary>
public sealed class SqliteTestDatabase : TestDatabase
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sqlite-outbox-");

    public string Path => System.IO.Path.Combine(_directory.FullName, "ledger.db");

    public override string ConnectionString => $"Data Source={Path}";

    public override async Task CreateAsync()
    {
        await using LedgerDbContext context = Open();
        await context.Database.EnsureCreatedAsync();
    }

    public override ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(ConnectionString))
            SqliteConnection.ClearPool(connection);

        _directory.Delete(recursive: true);

        return ValueTask.CompletedTask;
    }
}
