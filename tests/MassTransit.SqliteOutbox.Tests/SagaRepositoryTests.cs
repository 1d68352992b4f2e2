using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.SqliteOutbox.Tests;

public sealed class SagaRepositoryOnSqliteTests : SagaRepositoryTests<SqliteTestDatabase>;

public sealed class SagaRepositoryOnPostgresTests : SagaRepositoryTests<PostgresTestDatabase>;

public abstract class SagaRepositoryTests<TDatabase> : IAsyncLifetime
    where TDatabase : TestDatabase, new()
{
    private readonly TDatabase _database = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task three_hundred_concurrent_updates_add_up(bool inbox)
    {
        await using LedgerApp app = await Start(inbox, concurrency: 16);
        Guid tallyId = NewId.NextGuid();

        await Task.WhenAll(Enumerable.Range(1, 300).Select(amount => app.Send("tally", new Count(tallyId, amount))));
        await app.Wire.Holds(300);
        // Without inbox a message leaves before its transaction commits.
        await Wire.Until(() => _database.Read(context => context.Tallies.Single().Version) == 299);

        Tally tally = _database.Read(context => context.Tallies.Single());
        Assert.Equal(300 * 301 / 2, tally.Sum);
        Assert.Equal(300, app.Wire.Texts.Distinct().Count());
    }

    [Fact]
    public async Task a_repeated_message_moves_the_saga_once()
    {
        await using LedgerApp app = await Start(inbox: true);
        using var duplicates = new CounterReading(app, "inbox.duplicates");
        Guid tallyId = NewId.NextGuid(), messageId = NewId.NextGuid();

        await app.Send("tally", new Count(tallyId, 5), messageId);
        await app.Send("tally", new Count(tallyId, 5), messageId);
        await duplicates.Reaches(1);

        Assert.Equal(5, _database.Read(context => context.Tallies.Single().Sum));
    }

    [Fact]
    public async Task an_update_over_a_newer_version_is_refused()
    {
        await using LedgerApp app = await Start(inbox: true);
        await app.Handle(async (context, _) =>
        {
            context.Tallies.Add(new Tally { CorrelationId = NewId.NextGuid(), Sum = 1 });
            await context.SaveChangesAsync();
        });

        await app.Handle(async (slow, _) =>
        {
            Tally read = await slow.Tallies.SingleAsync();
            await app.Handle(async (fast, _) =>
            {
                (await fast.Tallies.SingleAsync()).Sum = 2;
                await fast.SaveChangesAsync();
            });

            read.Sum = 3;
            await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => slow.SaveChangesAsync());
        });

        Tally tally = _database.Read(context => context.Tallies.Single());
        Assert.Equal(2, tally.Sum);
        Assert.Equal(1, tally.Version);
    }

    [Fact]
    public async Task a_saga_that_throws_leaves_neither_state_nor_message()
    {
        await using LedgerApp app = await Start(inbox: true);
        Guid tallyId = NewId.NextGuid();

        await app.Send("tally", new Count(tallyId, TallyMachine.Poison));
        await app.Send("tally", new Count(tallyId, 1));
        await app.Wire.Holds("1");

        Assert.Equal(1, _database.Read(context => context.Tallies.Single().Sum));
        Assert.Equal(["1"], app.Wire.Texts);
    }

    [Fact]
    public async Task instances_can_be_loaded_from_outside()
    {
        await using LedgerApp app = await Start(inbox: true);
        Guid tallyId = NewId.NextGuid();

        await app.Send("tally", new Count(tallyId, 7));
        await app.Wire.Holds("7");

        Tally? loaded = await app.Services.GetRequiredService<ILoadSagaRepository<Tally>>().Load(tallyId);
        Assert.Equal(7, loaded?.Sum);
    }

    [Fact]
    public async Task instances_can_be_found_from_outside()
    {
        await using LedgerApp app = await Start(inbox: true);
        Guid tallyId = NewId.NextGuid();
        await app.Send("tally", new Count(tallyId, 7));
        await app.Send("tally", new Count(NewId.NextGuid(), 8));
        await app.Wire.Holds(2);

        IEnumerable<Guid> found = await app.Services.GetRequiredService<IQuerySagaRepository<Tally>>().Find(new Saga.SagaQuery<Tally>(tally => tally.Sum == 7));

        Assert.Equal([tallyId], found);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_message_finds_its_sagas_by_a_property(bool inbox)
    {
        await using LedgerApp app = await Start(inbox, concurrency: 8);
        Guid[] tallies = [NewId.NextGuid(), NewId.NextGuid(), NewId.NextGuid()];
        foreach (Guid tallyId in tallies)
            await app.Send("tally", new Count(tallyId, 1));

        await app.Wire.Holds(tallies.Length);
        await Wire.Until(() => _database.Read(context => context.Tallies.Count() == tallies.Length));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.Send("tally", new RaiseAll(nameof(TallyMachine.Open), 10))));

        await Wire.Until(() => _database.Read(context => context.Tallies.ToList()).TrueForAll(tally => tally.Sum == 201));
    }

    [Fact]
    public async Task an_entity_without_version_is_refused()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database);
        await using AsyncServiceScope scope = app.Services.CreateAsyncScope();

        var refusal = Assert.Throws<InvalidOperationException>(() => new SqliteSagaRepositoryContextFactory<Unversioned, UnversionedDbContext>(
            new UnversionedDbContext(), new Saga.SagaConsumeContextFactory<DbContext, Unversioned>()));

        Assert.Contains("IsConcurrencyToken", refusal.Message);
    }

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private Task<LedgerApp> Start(bool inbox, int concurrency = 4) => LedgerApp.StartAsync(_database,
        bus => bus.AddSagaStateMachine<TallyMachine, Tally>().SqliteRepository<LedgerDbContext>(),
        options => options.InboxFor = _ => inbox,
        concurrency: concurrency);

    public sealed class TallyMachine : MassTransitStateMachine<Tally>
    {
        public const int Poison = -1;

        public TallyMachine()
        {
            InstanceState(tally => tally.CurrentState);
            Event(() => Counted, e => e.CorrelateById(context => context.Message.TallyId));
            Initially(When(Counted).Then(Add).PublishAsync(Confirm).Then(Check).TransitionTo(Open));
            Event(() => AllRaised, e => e.CorrelateBy((tally, context) => tally.CurrentState == context.Message.State));
            During(Open, When(Counted).Then(Add).PublishAsync(Confirm).Then(Check));
            During(Open, When(AllRaised).Then(context => context.Saga.Sum += context.Message.Amount));
        }

        public State Open { get; private set; } = null!;
        public Event<Count> Counted { get; private set; } = null!;
        public Event<RaiseAll> AllRaised { get; private set; } = null!;

        private static void Add(BehaviorContext<Tally, Count> context) => context.Saga.Sum += context.Message.Amount;

        private static Task<Counted> Confirm(BehaviorContext<Tally, Count> context) =>
            Task.FromResult(new Counted(context.Message.TallyId, context.Message.Amount));

        private static void Check(BehaviorContext<Tally, Count> context)
        {
            if (context.Message.Amount == Poison)
                throw new InvalidOperationException("planned");
        }
    }

    public sealed class Unversioned : ISaga
    {
        public Guid CorrelationId { get; set; }
    }

    private sealed class UnversionedDbContext : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseSqlite("Data Source=:memory:");

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Unversioned>().HasKey(x => x.CorrelationId);
    }
}
