using Broker;
using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.SqliteOutbox.Tests;

public sealed class OverTheLogOnSqliteTests : OverTheLogTests<SqliteTestDatabase>;

public sealed class OverTheLogOnPostgresTests : OverTheLogTests<PostgresTestDatabase>;

/// <summary>The same outbox over the transport and the broker of the house, where a message has a key and record headers.</summary>
public abstract class OverTheLogTests<TDatabase> : IAsyncLifetime
    where TDatabase : TestDatabase, new()
{
    private readonly TDatabase _database = new();
    private readonly DirectoryInfo _logs = Directory.CreateTempSubdirectory("outbox-broker-");
    private BrokerServer _broker = null!;

    public async ValueTask InitializeAsync()
    {
        await _database.CreateAsync();
        _broker = await BrokerServer.StartAsync(new BrokerOptions
        {
            Listeners = "PLAINTEXT://127.0.0.1:0",
            LogDirs = _logs.FullName,
            GroupInitialRebalanceDelayMs = 0,
        });
    }

    [Fact]
    public async Task key_headers_and_correlation_survive_the_outbox()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database, bootstrapServers: _broker.BootstrapServers);
        Guid messageId = NewId.NextGuid(), correlationId = NewId.NextGuid();

        await app.Handle(async (context, publish) =>
        {
            await publish.Publish(new Booked("labelled"), send =>
            {
                send.MessageId = messageId;
                send.CorrelationId = correlationId;
                send.Headers.Set("idempotency-key", "abc-1");
                send.Headers.Set("aggregate-version", 7L);
                send.Headers.Set("tenant", "north");
            });
            await context.SaveChangesAsync();
        });
        await app.Wire.Holds("labelled");

        ConsumeContext seen = app.Wire.Messages[0].Context;
        Assert.Equal(messageId, seen.MessageId);
        Assert.Equal(correlationId, seen.CorrelationId);
        Assert.Equal("labelled", seen.PartitionKey());
        Assert.Equal("abc-1", seen.Headers.Get<string>("idempotency-key"));
        Assert.Equal(7L, seen.Headers.Get<long>("aggregate-version"));
        // Listed is what a consumer hands on: neither the envelope nor what is true of this one event.
        Assert.Equal(["tenant"], seen.ReceiveContext.TransportHeaders.GetAll().Select(header => header.Key));
    }

    [Fact]
    public async Task what_a_consumer_publishes_has_its_own_key_and_names_its_cause()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database, bus =>
        {
            bus.AddSingleton(new BookPlan());
            bus.AddConsumer<BookConsumer>();
        }, bootstrapServers: _broker.BootstrapServers);
        Guid messageId = NewId.NextGuid(), conversationId = NewId.NextGuid();

        ISendEndpoint endpoint = await app.Bus.GetSendEndpoint(new Uri("queue:book"));
        await endpoint.Send(new Book("a"), send =>
        {
            send.MessageId = messageId;
            send.ConversationId = conversationId;
        });
        await app.Wire.Holds("a");

        ConsumeContext seen = app.Wire.Messages[0].Context;
        Assert.Equal("a", seen.PartitionKey());
        Assert.Equal(conversationId, seen.ConversationId);
        Assert.Equal(messageId.ToString("D"), seen.ReceiveContext.TransportHeaders.Get<string>("causation-id"));
    }

    [Fact]
    public async Task an_inbox_row_says_where_its_record_lies()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database, bus =>
        {
            bus.AddSingleton(new BookPlan());
            bus.AddConsumer<BookConsumer>();
        }, options => options.PositionOf = context => context.TryGetPayload(out LogRecordContext? record)
            ? new RecordPosition(new RecordPartition(record.Topic, record.Partition), record.Offset)
            : null, bootstrapServers: _broker.BootstrapServers);

        await app.Send("book", new Book("a"));
        await app.Wire.Holds("a");

        InboxState row = _database.Read(context => context.Inbox.Single());
        Assert.Equal("book", row.Topic);
        Assert.InRange(row.Partition!.Value, 0, 5);
        Assert.Equal(0, row.Position);
    }

    [Fact]
    public async Task orders_of_one_key_arrive_in_the_order_of_their_commits()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database, bootstrapServers: _broker.BootstrapServers);
        string[] keys = ["a", "b", "c", "d"];

        await Task.WhenAll(keys.Select(async key =>
        {
            for (int number = 0; number < 50; number++)
            {
                int version = number;
                await app.Handle(async (context, publish) =>
                {
                    await publish.Publish(new Booked(key), send => send.Headers.Set("number", version));
                    await context.SaveChangesAsync();
                });
            }
        }));
        await app.Wire.Holds(200);

        Assert.All(keys, key => Assert.Equal(Enumerable.Range(0, 50),
            app.Wire.Messages.Where(seen => seen.Text == key).Select(seen => seen.Context.Headers.Get<int>("number")!.Value)));
    }

    [Fact]
    public async Task a_delayed_message_leaves_at_once_and_waits_in_the_log()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using LedgerApp app = await LedgerApp.StartAsync(_database, time: time, bootstrapServers: _broker.BootstrapServers);

        await app.Handle(async (context, publish) =>
        {
            await publish.Publish(new Booked("later"), send => send.Delay = TimeSpan.FromHours(1));
            await publish.Publish(new Booked("now"));
            await context.SaveChangesAsync();
        });
        await Left();
        await app.Wire.Holds("now");
        time.Advance(TimeSpan.FromMinutes(61));
        await app.Wire.Holds("later");

        Assert.Equal(["now", "later"], app.Wire.Texts);
        Assert.Equal("later", app.Wire.Messages[1].Context.PartitionKey());
    }

    [Fact]
    public async Task what_is_cancelled_through_the_outbox_is_not_delivered()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using LedgerApp app = await LedgerApp.StartAsync(_database, bus => bus.AddLogMessageScheduler(), time: time, bootstrapServers: _broker.BootstrapServers);

        for (int number = 0; number < 10; number++)
        {
            await app.Schedule(async (context, scheduler) =>
            {
                DateTime due = time.GetUtcNow().UtcDateTime.AddHours(1);
                ScheduledMessage<Booked> scheduled = await scheduler.SchedulePublish(due, new Booked("cancelled"));
                await scheduler.SchedulePublish(due, new Booked("kept"));
                await scheduler.CancelScheduledSend(scheduled);
                await context.SaveChangesAsync();
            });
        }

        await app.Schedule(async (_, scheduler) => await scheduler.SchedulePublish(time.GetUtcNow().UtcDateTime.AddHours(1), new Booked("unsaved")));
        await Left();
        time.Advance(TimeSpan.FromMinutes(61));
        await app.Wire.Holds(10);
        await app.PublishAndSave("last");
        await app.Wire.Holds("last");

        Assert.Equal([.. Enumerable.Repeat("kept", 10), "last"], app.Wire.Texts);
    }

    [Fact]
    public async Task a_consumer_behind_the_inbox_that_fails_takes_back_what_it_scheduled_and_cancelled()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var plan = new BookPlan { Then = attempt => Assert.NotEqual(1, attempt) };
        await using LedgerApp app = await LedgerApp.StartAsync(_database, bus =>
        {
            bus.AddSingleton(plan);
            bus.AddConsumer<TimerConsumer>();
            bus.AddConfigureEndpointsCallback((_, endpoint) => endpoint.UseMessageRetry(retry => retry.Immediate(1)));
        }, time: time, bootstrapServers: _broker.BootstrapServers);

        await app.Send("timer", new Book("a"));
        await app.Wire.Holds("a begun");
        await Left();
        time.Advance(TimeSpan.FromMinutes(61));
        await app.Wire.Holds("a at 2");

        Assert.Equal(["a begun", "a at 2"], app.Wire.Texts);
    }

    /// <summary>Completes when every row of the outbox is sent.</summary>
    private Task Left() => Wire.Until(() => _database.Read(context => !context.Outbox.Any()));

    public async ValueTask DisposeAsync()
    {
        // Null where the test was skipped.
        if (_broker is not null)
            await _broker.DisposeAsync();

        await _database.DisposeAsync();
        _logs.Delete(recursive: true);
    }
}
