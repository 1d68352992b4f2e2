using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox.Tests;

/// <summary>Order where several transactions write at once. Here a message type has a destination, hence a lane, of its own.</summary>
public sealed class LaneTests : IAsyncLifetime
{
    private readonly PostgresTestDatabase _database = new();

    [Fact]
    public async Task a_row_that_is_committed_below_what_the_relay_has_read_leaves_before_the_next_of_its_lane()
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var relay = new CommandHook
        {
            BeforeCommand = text =>
            {
                if (!text.Contains("DELETE FROM \"OutboxMessage\"", StringComparison.Ordinal))
                    return Task.CompletedTask;

                sent.TrySetResult();

                return goOn.Task;
            },
        };
        await using LedgerApp app = await LedgerApp.StartAsync(_database, interceptors: [relay]);

        await app.Handle(async (context, publish) =>
        {
            await using SqliteWriteTransaction transaction = await context.BeginWriteTransactionAsync();
            await publish.Publish(new Booked("first"));
            await context.SaveChangesAsync();

            await PublishToAnotherLane(app);
            await sent.Task.WaitAsync(Wire.Deadline);
            await transaction.CommitAsync();
        });
        await app.PublishAndSave("second");
        goOn.SetResult();

        await app.Wire.Holds("second");
        Assert.Equal(["7", "first", "second"], app.Wire.Texts);
    }

    [Fact]
    public async Task writers_of_one_lane_wait_for_each_others_commit_and_for_nobody_elses()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);
        Task second = Task.CompletedTask;

        await app.Handle(async (context, publish) =>
        {
            await using SqliteWriteTransaction transaction = await context.BeginWriteTransactionAsync();
            await publish.Publish(new Booked("first"));
            await context.SaveChangesAsync();

            second = app.PublishAndSave("second");
            await Wire.Until(SomebodyWaits);
            await PublishToAnotherLane(app);
            await app.Wire.Holds("7");
            Assert.False(second.IsCompleted);
            await transaction.CommitAsync();
        });

        await second;
        await app.Wire.Holds("second");
        Assert.Equal(["7", "first", "second"], app.Wire.Texts);
    }

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static Task PublishToAnotherLane(LedgerApp app) => app.Handle(async (context, publish) =>
    {
        await publish.Publish(new Counted(NewId.NextGuid(), 7));
        await context.SaveChangesAsync();
    });

    private bool SomebodyWaits() => _database.Read(context => context.Database
        .SqlQuery<bool>($"""
            SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS "Value"
            """).Single());
}
