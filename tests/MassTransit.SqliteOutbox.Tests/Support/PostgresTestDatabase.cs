using Npgsql;

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>A database of its own on the test run's server.</summary>
public sealed class PostgresTestDatabase : TestDatabase
{
    private static int _created;

    private readonly string _name = $"ledger_{Interlocked.Increment(ref _created)}";
    private string? _connectionString;

    public override string ConnectionString => _connectionString ?? throw new InvalidOperationException("Create it first.");

    public override async Task CreateAsync()
    {
        _connectionString = (await PostgresCluster.ConnectionString()) + $";Database={_name}";
        await using LedgerDbContext context = Open();
        await context.Database.EnsureCreatedAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        // Null where the test was skipped.
        if (_connectionString is null)
            return;

        await using var connection = new NpgsqlConnection(_connectionString);
        NpgsqlConnection.ClearPool(connection);
    }
}
