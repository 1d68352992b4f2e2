using Broker;
using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.SqliteOutbox.Tests;

public sealed class ProcessesOnSqliteTests : ProcessTests<SqliteTestDatabase>;

public sealed class ProcessesOnPostgresTests : ProcessTests<PostgresTestDatabase>;

/// <summary>Several real processes on one database and one broker; some are killed where it hurts.</summary>
public abstract class ProcessTests<TDatabase> : IAsyncLifetime
    where TDatabase : TestDatabase, new()
{
    private const int Writers = 3;
    private const int Tallies = 8;

    private readonly TDatabase _database = new();
    private readonly DirectoryInfo _logs = Directory.CreateTempSubdirectory("outbox-broker-");
    private BrokerServer _broker = null!;

    [Fact]
    public async Task what_a_killed_process_had_not_committed_never_was_and_holds_up_nobody()
    {
        await using LedgerApp app = await Start();
        await using ChildProcess child = Child("hold");
        await child.Says("holding");
        var behind = Task.Run(() => app.PublishAndSave("behind"));

        await child.KillAsync();

        await behind;
        await app.Wire.Holds("behind");
        Assert.Equal(["behind"], app.Wire.Texts);
        Assert.Empty(_database.Read(context => context.Entries.ToList()));
    }

    [Fact]
    public async Task a_process_killed_while_it_sends_leaves_its_turn_and_its_rows_to_the_next()
    {
        await using ChildProcess child = Child("send");
        await child.Says("sending");
        await using LedgerApp app = await Start();
        await app.PublishAndSave("stuck");

        await child.KillAsync();

        await app.Wire.Holds(2);
        Assert.Equal(2, app.Wire.Messages.Select(seen => seen.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task a_process_killed_between_send_and_mark_sends_twice_under_one_id()
    {
        await using ChildProcess child = Child("mark");
        await child.Says("marking");
        await child.KillAsync();

        await using LedgerApp app = await Start();

        await app.Wire.Holds(2);
        Assert.Equal(["sent", "sent"], app.Wire.Texts);
        Assert.Single(app.Wire.Messages.Select(seen => seen.MessageId).Distinct());
        await Wire.Until(() => _database.Read(context => !context.Outbox.Any()));
    }

    [Fact]
    public async Task deliveries_whose_process_is_killed_before_their_commit_are_delivered_again()
    {
        string[] texts = [.. Enumerable.Range(0, 20).Select(number => $"{number}")];
        await using (ChildProcess child = Child("commit"))
        {
            await using LedgerApp sender = await Start(listens: false);
            await Task.WhenAll(texts.Select(text => sender.Send("book", new Book(text))));
            await child.Says("committing");
            Assert.Empty(_database.Read(context => context.Entries.ToList()));
            await child.KillAsync();
        }

        await using LedgerApp app = await Start(bus =>
        {
            bus.AddSingleton(new BookPlan());
            bus.AddConsumer<BookConsumer>();
        });

        await app.Wire.Holds(texts.Length);
        Assert.Equal(texts.Order(), app.Wire.Texts.Order());
        Assert.Equal(texts.Order(), _database.Read(context => context.Entries.Select(entry => entry.Text).ToList()).Order());
    }

    [Fact]
    public async Task without_kills_nothing_is_lost_doubled_or_out_of_order()
    {
        await CreateTallies();
        await using LedgerApp app = await Start();

        await WriteWhile(() => Task.CompletedTask);

        await AssertOrder(app);
        Assert.Equal(app.Wire.Messages.Count, app.Wire.Messages.Select(seen => seen.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task with_kills_nothing_is_lost_or_out_of_order_and_what_is_doubled_has_its_old_id()
    {
        int kills = Environment.GetEnvironmentVariable("LONG_TESTS") == "1" ? 20 : 3;
        await CreateTallies();
        await using LedgerApp app = await Start();

        for (int kill = 0; kill < kills; kill++)
        {
            await using ChildProcess victim = Child("write");
            await WriteWhile(async () =>
            {
                await victim.Says();
                await victim.KillAsync();
            }, writers: 1);
        }

        await AssertOrder(app);
    }

    public async ValueTask InitializeAsync()
    {
        // On one of the databases they run always.
        Assert.SkipUnless(_database is SqliteTestDatabase || Environment.GetEnvironmentVariable("LONG_TESTS") == "1", "long test: set LONG_TESTS=1");
        await _database.CreateAsync();
        _broker = await BrokerServer.StartAsync(new BrokerOptions
        {
            Listeners = "PLAINTEXT://127.0.0.1:0",
            LogDirs = _logs.FullName,
            GroupInitialRebalanceDelayMs = 0,
        });
    }

    public async ValueTask DisposeAsync()
    {
        // Null where the test was skipped.
        if (_broker is not null)
            await _broker.DisposeAsync();

        await _database.DisposeAsync();
        _logs.Delete(recursive: true);
    }

    private ChildProcess Child(string role) => ChildProcess.Start(role, _database, _broker.BootstrapServers);

    private Task<LedgerApp> Start(Action<IBusRegistrationConfigurator>? configure = null, bool listens = true) =>
        LedgerApp.StartAsync(_database, configure, bootstrapServers: _broker.BootstrapServers, listens: listens);

    private async Task CreateTallies()
    {
        await using LedgerDbContext context = _database.Open();
        context.Tallies.AddRange(Enumerable.Range(0, Tallies).Select(_ => new Tally { CorrelationId = NewId.NextGuid() }));
        await context.SaveChangesAsync();
    }

    /// <summary>Others write before, during and after it.</summary>
    private async Task WriteWhile(Func<Task> what, int writers = Writers)
    {
        ChildProcess[] children = [.. Enumerable.Range(0, writers).Select(_ => Child("write"))];
        try
        {
            await Task.WhenAll(children.Select(child => child.Says()));
            await what();
            await Task.WhenAll(children.Select(child => child.Says()));
            await Task.WhenAll(children.Select(child => child.StopAsync()));
        }
        finally
        {
            foreach (ChildProcess child in children)
                await child.DisposeAsync();
        }
    }

    /// <summary>Every number of every tally is on the wire, and its first arrivals are in the order of the commits.</summary>
    private async Task AssertOrder(LedgerApp app)
    {
        Dictionary<Guid, long> sums = _database.Read(context => context.Tallies.ToDictionary(tally => tally.CorrelationId, tally => tally.Sum));
        await app.Wire.Until(seen => seen.Select(message => message.MessageId).Distinct().Count() == sums.Values.Sum());
        await Wire.Until(() => _database.Read(context => !context.Outbox.Any()));

        foreach ((Guid tallyId, long sum) in sums)
        {
            IEnumerable<Seen> messages = app.Wire.Messages.Where(seen => ((ConsumeContext<Counted>)seen.Context).Message.TallyId == tallyId);
            Assert.Equal(
                Enumerable.Range(1, (int)sum).Select(number => $"{number}"),
                messages.DistinctBy(seen => seen.MessageId).Select(seen => seen.Text));
        }
    }
}
