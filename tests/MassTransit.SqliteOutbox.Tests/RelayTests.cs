using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.SqliteOutbox.Tests;

public sealed class RelayOnSqliteTests : RelayTests<SqliteTestDatabase>;

public sealed class RelayOnPostgresTests : RelayTests<PostgresTestDatabase>;

public abstract class RelayTests<TDatabase> : IAsyncLifetime
    where TDatabase : TestDatabase, new()
{
    private readonly TDatabase _database = new();

    [Fact]
    public async Task a_death_between_send_and_delete_repeats_the_message_and_not_the_effect()
    {
        int deletions = 0;
        var interruption = new CommandHook
        {
            BeforeCommand = text => text.Contains("DELETE FROM \"OutboxMessage\"", StringComparison.Ordinal) && deletions++ == 0
                ? throw new IOException("The process died.")
                : Task.CompletedTask,
        };
        await using LedgerApp app = await LedgerApp.StartAsync(_database, bus =>
        {
            bus.AddSingleton(new BookPlan());
            bus.AddConsumer<BookConsumer>();
        }, interceptors: [interruption]);
        using var duplicates = new CounterReading(app, "inbox.duplicates");
        Guid messageId = NewId.NextGuid();

        await app.Handle(async (context, publish) =>
        {
            await publish.Publish(new Book("a"), send => send.MessageId = messageId);
            await context.SaveChangesAsync();
        });

        await duplicates.Reaches(1);
        await app.Wire.Holds("a");
        await app.PublishAndSave("witness");
        await app.Wire.Holds("witness");
        Assert.True(deletions > 1);
        Assert.Single(app.Wire.Messages.Where(seen => seen.Text == "a").Select(seen => seen.MessageId).Distinct());
        Assert.Equal(["a"], _database.Read(context => context.Entries.Select(entry => entry.Text).ToList()));
    }

    [Fact]
    public async Task rows_wait_while_the_broker_is_down_and_leave_in_order_afterwards()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);
        app.Outage.Hits = static _ => true;

        await app.PublishAndSave("1", "2");
        await app.Outage.FirstRefusal.Task.WaitAsync(Wire.Deadline);
        await app.PublishAndSave("3");
        Assert.Equal(3, _database.Read(context => context.Outbox.Count()));
        Assert.Empty(app.Wire.Messages);

        app.Outage.Hits = static _ => false;
        await app.Wire.Holds(3);
        Assert.Equal(["1", "2", "3"], app.Wire.Texts);
    }

    [Fact]
    public async Task pauses_grow_while_nothing_gets_through()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using LedgerApp app = await LedgerApp.StartAsync(_database, time: time, options: options =>
        {
            options.MinBackOff = TimeSpan.FromSeconds(1);
            options.MaxBackOff = TimeSpan.FromSeconds(4);
        });
        app.Outage.Hits = static _ => true;
        var attempts = new List<DateTimeOffset>();
        app.Outage.Refusing = () => attempts.Add(time.GetUtcNow());

        await app.PublishAndSave("1");
        await Advance(time, TimeSpan.FromMilliseconds(250), () => app.Outage.Refused >= 5);

        TimeSpan[] pauses = [.. attempts.Zip(attempts.Skip(1), (earlier, later) => later - earlier)];
        Assert.True(pauses[0] >= TimeSpan.FromSeconds(1));
        Assert.True(pauses[1] >= TimeSpan.FromSeconds(2));
        Assert.True(pauses[2] >= TimeSpan.FromSeconds(4));
        Assert.True(pauses[3] >= TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task a_destination_that_refuses_holds_up_nobody_else()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database, options: options => options.BatchSize = 2);
        app.Outage.Hits = destination => destination!.AbsolutePath.EndsWith("/refusing", StringComparison.Ordinal);

        await app.Handle(async (context, publish) =>
        {
            await using AsyncServiceScope scope = app.Services.CreateAsyncScope();
            var send = scope.ServiceProvider.GetRequiredService<ISendEndpointProvider>();
            ISendEndpoint refusing = await send.GetSendEndpoint(new Uri("queue:refusing"));
            for (int number = 0; number < 4; number++)
                await refusing.Send(new Booked("refused"));
            await scope.ServiceProvider.GetRequiredService<LedgerDbContext>().SaveChangesAsync();

            await publish.Publish(new Booked("through"));
            await context.SaveChangesAsync();
        });

        await app.Wire.Holds("through");
        Assert.Equal(4, _database.Read(context => context.Outbox.Count(row => row.Lane.Contains("/refusing"))));
    }

    [Fact]
    public async Task rows_nobody_announced_are_found_by_the_poll()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using LedgerApp app = await LedgerApp.StartAsync(_database, time: time);
        await app.PublishAndSave("template");
        await app.Wire.Holds("template");

        CopyAsIfFromAnotherProcess(await Template(app), "unannounced");

        await Advance(time, TimeSpan.FromSeconds(1), () => app.Wire.Texts.Contains("unannounced"));
    }

    [Fact]
    public async Task announced_rows_leave_while_the_clock_stands_still()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database, time: new FakeTimeProvider(DateTimeOffset.UnixEpoch));

        for (int number = 0; number < 20; number++)
        {
            await app.PublishAndSave($"{number}");
            await app.Wire.Holds($"{number}");
        }
    }

    [Fact]
    public async Task a_delayed_message_leaves_when_it_is_due()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using LedgerApp app = await LedgerApp.StartAsync(_database, time: time);

        await app.Handle(async (context, publish) =>
        {
            await publish.Publish(new Booked("later"), send => send.Delay = TimeSpan.FromMinutes(1));
            await publish.Publish(new Booked("now"));
            await context.SaveChangesAsync();
        });
        await app.Wire.Holds("now");
        Assert.Equal(["now"], app.Wire.Texts);

        await Advance(time, TimeSpan.FromSeconds(10), () => app.Wire.Texts.Contains("later"));
        Assert.True(time.GetUtcNow() >= DateTimeOffset.UnixEpoch.AddMinutes(1));
    }

    [Fact]
    public async Task of_two_relays_on_one_file_only_one_sends_each_row()
    {
        await using LedgerApp one = await LedgerApp.StartAsync(_database);
        await using LedgerApp two = await LedgerApp.StartAsync(_database);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(number =>
            (number % 2 == 0 ? one : two).PublishAndSave($"{number} first", $"{number} second")));
        await Wire.Until(() => one.Wire.Messages.Count + two.Wire.Messages.Count >= 200 && _database.Read(context => !context.Outbox.Any()));

        string[] seen = [.. one.Wire.Texts, .. two.Wire.Texts];
        Assert.Equal(200, seen.Length);
        Assert.Equal(200, seen.Distinct().Count());
    }

    [Fact]
    public async Task the_turn_goes_to_the_next_relay_when_its_holder_is_gone()
    {
        await using LedgerDbContext one = _database.Open(), two = _database.Open();
        IOutboxDatabase database = OutboxDatabase.Of(one);
        IAsyncDisposable? first = await database.TryTakeRelayTurnAsync(one, CancellationToken.None);
        Assert.NotNull(first);
        Assert.Null(await database.TryTakeRelayTurnAsync(two, CancellationToken.None));

        await first.DisposeAsync();

        await using IAsyncDisposable? second = await database.TryTakeRelayTurnAsync(two, CancellationToken.None);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task what_was_left_by_a_stopped_process_leaves_with_the_next()
    {
        await using (LedgerApp app = await LedgerApp.StartAsync(_database))
        {
            app.Outage.Hits = static _ => true;
            await app.PublishAndSave("left");
            await app.Outage.FirstRefusal.Task.WaitAsync(Wire.Deadline);
        }

        await using LedgerApp next = await LedgerApp.StartAsync(_database);
        await next.Wire.Holds("left");
    }

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<OutboxMessage> Template(LedgerApp app)
    {
        app.Outage.Hits = static _ => true;
        await app.PublishAndSave("copied");
        await app.Outage.FirstRefusal.Task.WaitAsync(Wire.Deadline);
        OutboxMessage row = _database.Read(context => context.Outbox.Single());
        app.Outage.Hits = static _ => false;

        return row;
    }

    private void CopyAsIfFromAnotherProcess(OutboxMessage row, string text)
    {
        using LedgerDbContext context = _database.Open();
        row.SequenceNumber = 0;
        row.MessageId = NewId.NextGuid();
        row.Body = row.Body.Replace("copied", text);
        context.Add(row);
        context.SaveChanges();
    }

    /// <summary>Moves the clock step by step until it happens; the relay may not have set its timer at the first step.</summary>
    private static async Task Advance(FakeTimeProvider time, TimeSpan step, Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Wire.Deadline);
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            time.Advance(step);
            await Task.Yield();
        }
    }
}
