using MassTransit.SqliteOutbox.Tests.Support;

namespace MassTransit.SqliteOutbox.Tests;

/// <summary>The database of the test that started this process.</summary>
internal sealed class GivenDatabase(string connectionString) : TestDatabase
{
    public override string ConnectionString => connectionString;

    public override Task CreateAsync() => Task.CompletedTask;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
