using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.SqliteOutbox.Tests;

public sealed class InboxCleaningOnSqliteTests : InboxCleaningTests<SqliteTestDatabase>;

public sealed class InboxCleaningOnPostgresTests : InboxCleaningTests<PostgresTestDatabase>;

/// <summary>Which inbox rows may go. Where a message lies is said by headers, and what a log still holds by the test.</summary>
public abstract class InboxCleaningTests<TDatabase> : IAsyncLifetime
    where TDatabase : TestDatabase, new()
{
    private readonly TDatabase _database = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<RecordPartition, long> _starts = [];
    private readonly HashSet<Guid> _deadLetters = [];
    private int _asked;
    private Exception? _refusal;

    [Fact]
    public async Task rows_go_when_their_records_have_left_the_log()
    {
        await using LedgerApp app = await Start();
        await Send(app, "gone", ("orders", 0, 99));
        await Send(app, "held", ("orders", 0, 100));
        await Send(app, "elsewhere", ("orders", 1, 99));
        await Send(app, "unknown", ("payments", 0, 99));

        await CleanTo(("orders", 0, 100), ("orders", 1, 50));

        Assert.Equal(["orders 0 100", "orders 1 99", "payments 0 99"], Rows());
    }

    [Fact]
    public async Task many_rows_go_too()
    {
        await using LedgerApp app = await Start();
        await using (LedgerDbContext context = _database.Open())
        {
            context.Inbox.AddRange(Enumerable.Range(0, 5000).Select(number => new InboxState
            {
                MessageId = NewId.NextGuid(),
                ConsumerId = Guid.Empty,
                Consumed = _time.GetUtcNow().UtcDateTime,
                Topic = "orders",
                Partition = 0,
                Position = number * 3,
            }));
            await context.SaveChangesAsync();
        }

        await CleanTo(("orders", 0, 14_997));

        Assert.Equal(["orders 0 14997"], Rows());
    }

    [Fact]
    public async Task a_row_whose_message_is_a_dead_letter_stays()
    {
        await using LedgerApp app = await Start();
        Guid dead = await Send(app, "dead", ("orders", 0, 1));
        await Send(app, "gone", ("orders", 0, 2));
        _deadLetters.Add(dead);

        await CleanTo(("orders", 0, 100));

        Assert.Equal(["orders 0 1"], Rows());
    }

    [Fact]
    public async Task a_row_without_a_place_stays()
    {
        await using LedgerApp app = await Start();
        await Send(app, "nowhere", null);
        await Send(app, "gone", ("orders", 0, 2));

        await CleanTo(("orders", 0, 100));

        Assert.Equal(["  "], Rows());
    }

    [Fact]
    public async Task a_message_that_was_written_twice_stays_until_the_later_copy_is_gone()
    {
        await using LedgerApp app = await Start();
        using var duplicates = new CounterReading(app, "inbox.duplicates");
        Guid messageId = await Send(app, "twice", ("orders", 0, 10));
        await Copy(app, "twice", messageId, ("orders", 0, 20));
        await Copy(app, "twice", messageId, ("orders", 0, 10));
        await duplicates.Reaches(2);

        await CleanTo(("orders", 0, 20));
        Assert.Equal(["orders 0 20"], Rows());

        await CleanTo(("orders", 0, 21));
        Assert.Empty(Rows());
    }

    [Fact]
    public async Task a_message_that_came_from_two_places_stays()
    {
        await using LedgerApp app = await Start();
        using var duplicates = new CounterReading(app, "inbox.duplicates");
        Guid messageId = await Send(app, "twice", ("orders", 0, 10));
        await Copy(app, "twice", messageId, ("book", 3, 1));
        await duplicates.Reaches(1);

        await CleanTo(("orders", 0, 100), ("book", 3, 100));

        Assert.Equal(["  "], Rows());
    }

    [Fact]
    public async Task while_nobody_can_tell_nothing_goes()
    {
        await using LedgerApp app = await Start();
        await Send(app, "kept", ("orders", 0, 1));
        _refusal = new InvalidOperationException("planned");

        await CleanTo(("orders", 0, 100));
        Assert.Equal(["orders 0 1"], Rows());

        _refusal = null;
        await CleanTo(("orders", 0, 100));
        Assert.Empty(Rows());
    }

    [Fact]
    public async Task a_delivery_that_takes_less_than_an_interval_is_not_overtaken()
    {
        await using LedgerApp app = await Start();
        await Send(app, "read before it left the log", ("orders", 0, 1));
        _starts[new("orders", 0)] = 2;

        await Cleanings(1);

        Assert.Equal(["orders 0 1"], Rows());
    }

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private Task<LedgerApp> Start() => LedgerApp.StartAsync(_database, bus =>
    {
        bus.AddSingleton(new BookPlan());
        bus.AddConsumer<BookConsumer>();
    }, options =>
    {
        options.PositionOf = context => context.Headers.Get<string>("topic") is { } topic
            ? new RecordPosition(new RecordPartition(topic, context.Headers.Get<int>("partition")!.Value), context.Headers.Get<long>("offset")!.Value)
            : null;
        options.ReadableRecords = (_, _) =>
        {
            Interlocked.Increment(ref _asked);

            return _refusal is null
                ? Task.FromResult(new ReadableRecords { LogStartOffsets = new Dictionary<RecordPartition, long>(_starts), DeadLetters = _deadLetters })
                : Task.FromException<ReadableRecords>(_refusal);
        };
        options.InboxCleaningInterval = TimeSpan.FromMinutes(1);
    }, _time);

    private static async Task<Guid> Send(LedgerApp app, string text, (string Topic, int Partition, long Offset)? place)
    {
        Guid messageId = NewId.NextGuid();
        await Copy(app, text, messageId, place);
        await app.Wire.Holds(text);

        return messageId;
    }

    private static async Task Copy(LedgerApp app, string text, Guid messageId, (string Topic, int Partition, long Offset)? place)
    {
        ISendEndpoint endpoint = await app.Bus.GetSendEndpoint(new Uri("queue:book"));
        await endpoint.Send(new Book(text), send =>
        {
            send.MessageId = messageId;
            if (place is not { } at)
                return;

            send.Headers.Set("topic", at.Topic);
            send.Headers.Set("partition", at.Partition);
            send.Headers.Set("offset", at.Offset);
        });
    }

    private async Task CleanTo(params (string Topic, int Partition, long Start)[] starts)
    {
        foreach ((string topic, int partition, long start) in starts)
            _starts[new(topic, partition)] = start;

        // The second one goes by what the first one heard; that the third was asked means that the second is over.
        await Cleanings(3);
    }

    private async Task Cleanings(int count)
    {
        using var deadline = new CancellationTokenSource(Wire.Deadline);
        for (int until = Volatile.Read(ref _asked) + count; Volatile.Read(ref _asked) < until;)
        {
            deadline.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
    }

    private List<string> Rows() => [.. _database.Read(context => context.Inbox.ToList())
        .Select(row => $"{row.Topic} {row.Partition} {row.Position}").Order(StringComparer.Ordinal)];
}
