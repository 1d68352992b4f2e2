using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.SqliteOutbox.Tests;

/// <summary>Deliveries that share a transaction, on the one database that has a reason for it.</summary>
public sealed class GroupTests : IAsyncLifetime
{
    private const int Deliveries = 10;

    private readonly SqliteTestDatabase _database = new();
    private readonly BookPlan _plan = new();
    private readonly CommitHook _commits = new();

    [Fact]
    public async Task deliveries_that_wait_for_the_file_share_one_commit()
    {
        await using LedgerApp app = await Start();
        using var sizes = new CounterReading(app, "inbox.transaction.size");

        await SendWhileTheFileIsLocked(app);

        await app.Wire.Holds(Deliveries);
        Assert.Equal([Deliveries], sizes.Measurements);
        Assert.Equal(Deliveries, _database.Read(context => context.Inbox.Count()));
        AssertEachOnce(app, Texts);
    }

    [Fact]
    public async Task one_that_fails_in_the_middle_takes_nobody_along()
    {
        _plan.Then = attempt =>
        {
            if (attempt == 5)
                throw new InvalidOperationException("planned");
        };
        await using LedgerApp app = await Start();
        using var sizes = new CounterReading(app, "inbox.transaction.size");

        await SendWhileTheFileIsLocked(app);

        await app.Wire.Holds(Deliveries);
        Assert.Equal([Deliveries - 1], sizes.Measurements);
        string failed = Assert.Single(app.Wire.Texts, text => text.StartsWith("fault of ", StringComparison.Ordinal))["fault of ".Length..];
        Assert.Equal(Deliveries - 1, _database.Read(context => context.Inbox.Count()));
        AssertEachOnce(app, Texts.Where(text => text != failed));
    }

    [Fact]
    public async Task a_copy_in_the_same_group_has_no_effect()
    {
        await using LedgerApp app = await Start();
        using var sizes = new CounterReading(app, "inbox.transaction.size");
        using var duplicates = new CounterReading(app, "inbox.duplicates");
        Guid messageId = NewId.NextGuid();

        await SendWhileTheFileIsLocked(app, [.. Texts.Take(7), "copied", "copied", "copied"], text => text == "copied" ? messageId : NewId.NextGuid());

        await app.Wire.Holds(8);
        await duplicates.Reaches(2);
        Assert.Equal([Deliveries], sizes.Measurements);
        AssertEachOnce(app, [.. Texts.Take(7), "copied"]);
    }

    [Fact]
    public async Task a_copy_of_one_that_failed_in_the_same_group_runs_for_real()
    {
        _plan.Then = attempt =>
        {
            if (attempt == 1)
                throw new InvalidOperationException("planned");
        };
        await using LedgerApp app = await Start();
        Guid messageId = NewId.NextGuid();

        await SendWhileTheFileIsLocked(app, ["copied", "copied"], _ => messageId);

        await app.Wire.Holds("copied");
        await app.Wire.Holds("fault of copied");
        AssertEachOnce(app, ["copied"]);
    }

    [Fact]
    public async Task one_that_lost_a_race_is_run_again_by_itself()
    {
        _plan.Then = attempt =>
        {
            if (attempt == 5)
                throw new DbUpdateConcurrencyException("planned");
        };
        await using LedgerApp app = await Start();
        using var sizes = new CounterReading(app, "inbox.transaction.size");

        await SendWhileTheFileIsLocked(app);

        await app.Wire.Holds(Deliveries);
        Assert.Equal(Deliveries + 1, _plan.Attempts);
        Assert.Equal([Deliveries - 1], sizes.Measurements);
        AssertEachOnce(app, Texts);
    }

    [Fact]
    public async Task when_the_commit_fails_each_is_run_again_by_itself()
    {
        await using LedgerApp app = await Start();
        using var sizes = new CounterReading(app, "inbox.transaction.size");
        int commits = 0;
        _plan.Then = attempt =>
        {
            if (attempt == Deliveries)
                _commits.BeforeCommit = () => commits++ == 0 ? throw new SqliteException("disk I/O error", 10) : Task.CompletedTask;
        };

        await SendWhileTheFileIsLocked(app);

        await app.Wire.Holds(Deliveries);
        Assert.Equal(2 * Deliveries, _plan.Attempts);
        Assert.Empty(sizes.Measurements);
        AssertEachOnce(app, Texts);
    }

    [Fact]
    public async Task when_the_database_rolls_back_by_itself_those_before_are_run_again_and_those_behind_go_on()
    {
        await using LedgerApp app = await Start();
        _plan.ThenOn = (attempt, context) =>
        {
            // What SQLite does by itself when the disk is full.
            if (attempt == 5)
            {
                context.Database.ExecuteSqlRaw("ROLLBACK");
                throw new SqliteException("database or disk is full", 13);
            }
        };

        await SendWhileTheFileIsLocked(app);

        await app.Wire.Holds(Deliveries);
        string failed = Assert.Single(app.Wire.Texts, text => text.StartsWith("fault of ", StringComparison.Ordinal))["fault of ".Length..];
        Assert.Equal(Deliveries + 4, _plan.Attempts);
        AssertEachOnce(app, Texts.Where(text => text != failed));
    }

    [Fact]
    public async Task nothing_is_acknowledged_before_the_commit()
    {
        await using LedgerApp app = await Start();
        var acknowledged = new Acknowledgements(app, "book");
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _plan.Then = attempt =>
        {
            if (attempt != Deliveries)
                return;

            _commits.BeforeCommit = () =>
            {
                reached.TrySetResult();

                return go.Task;
            };
        };

        await SendWhileTheFileIsLocked(app);
        await reached.Task.WaitAsync(Wire.Deadline);
        Assert.Equal(0, acknowledged.Count);
        Assert.Empty(_database.Read(context => context.Entries.ToList()));

        go.SetResult();
        await acknowledged.Reach(Deliveries);
        Assert.Equal(Deliveries, _database.Read(context => context.Entries.Count()));
    }

    [Fact]
    public async Task a_group_is_no_larger_than_allowed()
    {
        await using LedgerApp app = await Start(options => options.MaxGroupMessages = 4);
        using var sizes = new CounterReading(app, "inbox.transaction.size");

        await SendWhileTheFileIsLocked(app);

        await app.Wire.Holds(Deliveries);
        Assert.Equal([4L, 4, 2], sizes.Measurements);
        AssertEachOnce(app, Texts);
    }

    [Fact]
    public async Task a_group_lets_nobody_in_after_its_time()
    {
        var time = new FakeTimeProvider();
        _plan.Then = _ => time.Advance(TimeSpan.FromMilliseconds(30));
        await using LedgerApp app = await Start(options => options.MaxGroupTime = TimeSpan.FromMilliseconds(50), time);
        using var sizes = new CounterReading(app, "inbox.transaction.size");

        await SendWhileTheFileIsLocked(app);

        await app.Wire.Holds(Deliveries);
        Assert.Equal([2L, 2, 2, 2, 2], sizes.Measurements);
    }

    [Fact]
    public async Task one_alone_is_committed_at_once()
    {
        await using LedgerApp app = await Start();
        using var sizes = new CounterReading(app, "inbox.transaction.size");

        await app.Send("book", new Book("alone"));

        await app.Wire.Holds("alone");
        Assert.Equal([1L], sizes.Measurements);
    }

    [Fact]
    public async Task an_endpoint_can_be_left_out()
    {
        await using LedgerApp app = await Start(options => options.GroupFor = endpoint => endpoint != "book");
        using var sizes = new CounterReading(app, "inbox.transaction.size");

        await Task.WhenAll(Texts.Select(text => app.Send("book", new Book(text))));

        await app.Wire.Holds(Deliveries);
        Assert.Empty(sizes.Measurements);
        AssertEachOnce(app, Texts);
    }

    [Fact]
    public async Task a_context_with_an_open_connection_stays_on_it_and_hands_on()
    {
        await using LedgerApp app = await Start();
        var groups = app.Services.GetRequiredService<DeliveryGroups<LedgerDbContext>>();
        await using AsyncServiceScope scope = app.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<LedgerDbContext>();
        await context.Database.OpenConnectionAsync();

        Assert.Null(await groups.TryJoinAsync(context, CancellationToken.None));

        await app.Send("book", new Book("next"));
        await app.Wire.Holds("next");
    }

    [Fact]
    public async Task one_that_gives_up_waiting_leaves_the_line()
    {
        await using LedgerApp app = await Start();
        var groups = app.Services.GetRequiredService<DeliveryGroups<LedgerDbContext>>();
        await using AsyncServiceScope one = app.Services.CreateAsyncScope(), two = app.Services.CreateAsyncScope();
        IDeliveryTransaction first = (await groups.TryJoinAsync(one.ServiceProvider.GetRequiredService<LedgerDbContext>(), CancellationToken.None))!;

        using var cancelled = new CancellationTokenSource();
        Task waiting = groups.TryJoinAsync(two.ServiceProvider.GetRequiredService<LedgerDbContext>(), cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await first.DisposeAsync();
        await app.Send("book", new Book("next"));
        await app.Wire.Holds("next");
    }

    [Fact]
    public async Task afterwards_a_context_has_a_connection_of_its_own_again()
    {
        await using LedgerApp app = await Start();
        var groups = app.Services.GetRequiredService<DeliveryGroups<LedgerDbContext>>();
        await using AsyncServiceScope scope = app.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<LedgerDbContext>();

        await using (IDeliveryTransaction part = (await groups.TryJoinAsync(context, CancellationToken.None))!)
        {
            context.Entries.Add(new Entry { Text = "shared" });
            await context.SaveChangesAsync();
            await part.CommitAsync();
        }

        context.Entries.Add(new Entry { Text = "own" });
        await context.SaveChangesAsync();
        Assert.Equal(["own", "shared"], _database.Read(read => read.Entries.Select(entry => entry.Text).Order().ToList()));
    }

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static string[] Texts { get; } = [.. Enumerable.Range(0, Deliveries).Select(number => $"{number}")];

    /// <summary>The clock stands still unless a test moves it, so that no group ends because the machine is slow.</summary>
    private Task<LedgerApp> Start(Action<SqliteOutboxOptions>? options = null, TimeProvider? time = null) => LedgerApp.StartAsync(_database, bus =>
    {
        bus.AddSingleton(_plan);
        bus.AddConsumer<BookConsumer>();
    }, options, time ?? new FakeTimeProvider(), [_commits], concurrency: Deliveries);

    /// <summary>The first to come waits for the file, the others for the first.</summary>
    private static async Task SendWhileTheFileIsLocked(LedgerApp app, string[]? texts = null, Func<string, Guid>? id = null)
    {
        texts ??= Texts;
        using var inLine = new CounterReading(app, "inbox.waiting");
        await using AsyncServiceScope scope = app.Services.CreateAsyncScope();
        await using SqliteWriteTransaction other = await scope.ServiceProvider.GetRequiredService<LedgerDbContext>().BeginWriteTransactionAsync();

        await Task.WhenAll(texts.Select(text => app.Send("book", new Book(text), id?.Invoke(text))));
        await inLine.Reaches(texts.Length - 1);
    }

    private void AssertEachOnce(LedgerApp app, IEnumerable<string> texts)
    {
        string[] expected = [.. texts.Order(StringComparer.Ordinal)];
        Assert.Equal(expected, _database.Read(context => context.Entries.Select(entry => entry.Text).ToList()).Order(StringComparer.Ordinal));
        Assert.Equal(expected, app.Wire.Texts.Where(text => !text.StartsWith("fault", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
