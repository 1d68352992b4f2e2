using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.SqliteOutbox.Tests;

public sealed class WritingTests : IAsyncLifetime
{
    private readonly SqliteTestDatabase _database = new();

    [Theory]
    [InlineData(SqliteSynchronous.Full, 2)]
    [InlineData(SqliteSynchronous.Normal, 1)]
    public async Task every_connection_has_the_settings(SqliteSynchronous synchronous, long expected)
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database, options: options =>
        {
            options.Synchronous = synchronous;
            options.BusyTimeout = TimeSpan.FromSeconds(7);
        });

        await app.Handle(async (context, _) =>
        {
            await context.Database.OpenConnectionAsync();
            Assert.Equal("wal", Pragma(context, "journal_mode"));
            Assert.Equal(expected, Pragma(context, "synchronous"));
            Assert.Equal(7000L, Pragma(context, "busy_timeout"));
        });
    }

    [Fact]
    public async Task the_settings_come_back_after_the_relay_deleted_rows()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);
        await app.PublishAndSave("a");
        await app.Wire.Holds("a");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.Handle(async (context, _) =>
        {
            await context.Database.OpenConnectionAsync();
            Assert.Equal(2L, Pragma(context, "synchronous"));
        })));
    }

    [Fact]
    public async Task a_second_writer_waits_for_its_turn_and_not_for_the_file()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);
        await using AsyncServiceScope scope = app.Services.CreateAsyncScope();
        var first = scope.ServiceProvider.GetRequiredService<LedgerDbContext>();
        Task second;

        await using (SqliteWriteTransaction transaction = await first.BeginWriteTransactionAsync())
        {
            // Returns although the file is locked: without the turn, SQLite would hold this very thread.
            second = app.Handle(async (context, _) =>
            {
                context.Entries.Add(new Entry { Text = "second" });
                await context.SaveChangesAsync();
            });
            Assert.False(second.IsCompleted);

            first.Entries.Add(new Entry { Text = "first" });
            await first.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        await second.WaitAsync(Wire.Deadline);
        Assert.Equal(["first", "second"], _database.Read(context => context.Entries.OrderBy(entry => entry.Id).Select(entry => entry.Text).ToList()));
    }

    [Fact]
    public async Task a_transaction_that_was_not_committed_gives_its_turn_back()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);

        for (int attempt = 0; attempt < 3; attempt++)
        {
            await app.Handle(async (context, _) =>
            {
                await using SqliteWriteTransaction transaction = await context.BeginWriteTransactionAsync();
                context.Entries.Add(new Entry { Text = "same" });
                await context.SaveChangesAsync();
            });
        }

        Assert.Empty(_database.Read(context => context.Entries.ToList()));
    }

    [Fact]
    public async Task a_cancelled_writer_leaves_the_queue()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);
        await using AsyncServiceScope scope = app.Services.CreateAsyncScope();
        var first = scope.ServiceProvider.GetRequiredService<LedgerDbContext>();

        await using (SqliteWriteTransaction transaction = await first.BeginWriteTransactionAsync())
        {
            using var cancelled = new CancellationTokenSource();
            Task waiting = app.Handle(async (context, _) =>
            {
                context.Entries.Add(new Entry { Text = "cancelled" });
                await context.SaveChangesAsync(cancelled.Token);
            });
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        await app.PublishAndSave("witness");
        await app.Wire.Holds("witness");
        Assert.Empty(_database.Read(context => context.Entries.ToList()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task a_saving_that_another_interceptor_refuses_takes_nobodys_turn(int rows)
    {
        var refusal = new Refusal();
        // Behind the outbox's own, which has heard of the saving by then.
        await using LedgerApp app = await LedgerApp.StartAsync(_database,
            bus => bus.ConfigureDbContext<LedgerDbContext>(builder => builder.AddInterceptors(refusal)),
            options => options.BusyTimeout = TimeSpan.FromSeconds(1));

        await app.Handle(async (context, _) =>
        {
            context.Entries.AddRange(Enumerable.Range(0, rows).Select(row => new Entry { Text = $"{row}" }));
            refusal.Refuses = true;
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync());
            Assert.Throws<InvalidOperationException>(() => context.SaveChanges());
            refusal.Refuses = false;

            // Others first, then this very context, in both ways of writing.
            await app.PublishAndSave("other");
            await using (SqliteWriteTransaction transaction = await context.BeginWriteTransactionAsync())
                await transaction.CommitAsync();
            await context.SaveChangesAsync();
        });

        await app.Wire.Holds("other");
        Assert.Equal(rows, _database.Read(context => context.Entries.Count()));
    }

    [Theory]
    [InlineData("commit")]
    [InlineData("roll back")]
    [InlineData("leave")]
    public async Task a_transaction_after_a_refused_saving_keeps_its_turn_no_longer_than_itself(string end)
    {
        var refusal = new Refusal();
        await using LedgerApp app = await LedgerApp.StartAsync(_database,
            bus => bus.ConfigureDbContext<LedgerDbContext>(builder => builder.AddInterceptors(refusal)),
            options => options.BusyTimeout = TimeSpan.FromSeconds(1));

        await app.Handle(async (context, _) =>
        {
            context.Entries.Add(new Entry { Text = "refused" });
            refusal.Refuses = true;
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync());
            refusal.Refuses = false;

            await EndAsync(context);
            await app.PublishAndSave("other");
            End(context);
            await app.PublishAndSave("another");
        });

        await app.Wire.Holds("other");
        await app.Wire.Holds("another");

        async Task EndAsync(LedgerDbContext context)
        {
            await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync();
            if (end == "commit")
                await transaction.CommitAsync();
            else if (end == "roll back")
                await transaction.RollbackAsync();
        }

        void End(LedgerDbContext context)
        {
            using IDbContextTransaction transaction = context.Database.BeginTransaction();
            if (end == "commit")
                transaction.Commit();
            else if (end == "roll back")
                transaction.Rollback();
        }
    }

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private sealed class Refusal : SaveChangesInterceptor
    {
        public bool Refuses { get; set; }

        public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result) =>
            Refuses ? throw new InvalidOperationException("not now") : result;

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result,
            CancellationToken cancellationToken = default) => ValueTask.FromResult(SavingChanges(eventData, result));
    }

    private static object? Pragma(LedgerDbContext context, string name)
    {
        using var command = (SqliteCommand)context.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {name}";

        return command.ExecuteScalar();
    }
}
