using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox.Tests;

public sealed class BusOutboxOnSqliteTests : BusOutboxTests<SqliteTestDatabase>;

public sealed class BusOutboxOnPostgresTests : BusOutboxTests<PostgresTestDatabase>;

public abstract class BusOutboxTests<TDatabase> : IAsyncLifetime
    where TDatabase : TestDatabase, new()
{
    private readonly TDatabase _database = new();

    [Fact]
    public async Task nothing_is_delivered_before_save_changes()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);

        await app.Handle(async (context, publish) =>
        {
            await publish.Publish(new Booked("early"));
            await app.PublishAndSave("witness");
            await app.Wire.Holds("witness");
            Assert.Equal(["witness"], app.Wire.Texts);

            await context.SaveChangesAsync();
        });

        await app.Wire.Holds("early");
    }

    [Fact]
    public async Task a_scope_that_never_saves_sends_nothing()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);

        await app.Handle((_, publish) => publish.Publish(new Booked("dropped")));
        await app.PublishAndSave("witness");

        await app.Wire.Holds("witness");
        Assert.Equal(["witness"], app.Wire.Texts);
        Assert.Empty(_database.Read(context => context.Outbox.Where(row => row.Body.Contains("dropped")).ToList()));
    }

    [Fact]
    public async Task a_failed_save_sends_nothing_and_lets_the_next_writer_in()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);
        await app.Handle(async (context, _) =>
        {
            context.Entries.Add(new Entry { Text = "taken" });
            await context.SaveChangesAsync();
        });

        await Assert.ThrowsAsync<DbUpdateException>(() => app.Handle(async (context, publish) =>
        {
            context.Entries.Add(new Entry { Text = "taken" });
            await publish.Publish(new Booked("dropped"));
            await context.SaveChangesAsync();
        }));
        await app.PublishAndSave("witness");

        await app.Wire.Holds("witness");
        Assert.Equal(["witness"], app.Wire.Texts);
    }

    [Fact]
    public async Task messages_of_one_save_leave_in_the_order_they_were_published()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);
        string[] texts = [.. Enumerable.Range(0, 250).Select(number => $"{number}")];

        await app.PublishAndSave(texts);

        await app.Wire.Holds(texts.Length);
        Assert.Equal(texts, app.Wire.Texts);
    }

    [Fact]
    public async Task effect_and_message_of_a_write_transaction_appear_together()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);

        await app.Handle(async (context, publish) =>
        {
            await using (SqliteWriteTransaction transaction = await context.BeginWriteTransactionAsync())
            {
                context.Entries.Add(new Entry { Text = "rolled back" });
                await publish.Publish(new Booked("rolled back"));
                await context.SaveChangesAsync();
            }

            context.ChangeTracker.Clear();
            await using (SqliteWriteTransaction transaction = await context.BeginWriteTransactionAsync())
            {
                context.Entries.Add(new Entry { Text = "kept" });
                await publish.Publish(new Booked("kept"));
                await context.SaveChangesAsync();
                await transaction.CommitAsync();
            }
        });

        await app.Wire.Holds("kept");
        Assert.Equal(["kept"], app.Wire.Texts);
        Assert.Equal(["kept"], _database.Read(context => context.Entries.Select(entry => entry.Text).ToList()));
    }

    [Fact]
    public async Task headers_and_ids_given_at_publish_are_on_the_wire()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);
        Guid messageId = NewId.NextGuid(), correlationId = NewId.NextGuid(), conversationId = NewId.NextGuid();

        await app.Handle(async (context, publish) =>
        {
            await publish.Publish(new Booked("labelled"), send =>
            {
                send.MessageId = messageId;
                send.CorrelationId = correlationId;
                send.ConversationId = conversationId;
                send.SetRoutingKey("green");
                send.Headers.Set("idempotency-key", "abc-1");
            });
            await context.SaveChangesAsync();
        });

        await app.Wire.Holds("labelled");
        ConsumeContext seen = app.Wire.Messages[0].Context;
        Assert.Equal(messageId, seen.MessageId);
        Assert.Equal(correlationId, seen.CorrelationId);
        Assert.Equal(conversationId, seen.ConversationId);
        Assert.Equal("abc-1", seen.Headers.Get<string>("idempotency-key"));
        Assert.Equal("green", seen.RoutingKey());
    }

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
