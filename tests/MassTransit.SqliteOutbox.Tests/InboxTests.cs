using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.SqliteOutbox.Tests;

public sealed class InboxOnSqliteTests : InboxTests<SqliteTestDatabase>;

public sealed class InboxOnPostgresTests : InboxTests<PostgresTestDatabase>;

public abstract class InboxTests<TDatabase> : IAsyncLifetime
    where TDatabase : TestDatabase, new()
{
    private readonly TDatabase _database = new();
    private readonly BookPlan _plan = new();

    [Fact]
    public async Task three_copies_of_one_message_have_one_effect_and_publish_once()
    {
        await using LedgerApp app = await Start();
        using var duplicates = new CounterReading(app, "inbox.duplicates");
        Guid messageId = NewId.NextGuid();

        await app.Send("book", new Book("a"), messageId);
        await app.Send("book", new Book("a"), messageId);
        await app.Send("book", new Book("a"), messageId);
        await duplicates.Reaches(2);
        await app.Send("book", new Book("b"));
        await app.Wire.Holds("b");

        Assert.Equal(["a", "b"], app.Wire.Texts);
        Assert.Equal(["a", "b"], Entries());
        Assert.Equal(2, duplicates.Value);
    }

    [Fact]
    public async Task failed_attempts_leave_nothing_behind()
    {
        _plan.Then = attempt =>
        {
            if (attempt < 3)
                throw new InvalidOperationException("planned");
        };
        await using LedgerApp app = await Start(retries: 2);

        await app.Send("book", new Book("a"));
        await app.Wire.Holds("a");
        await app.Send("book", new Book("b"));
        await app.Wire.Holds("b");

        Assert.Equal(["a", "b"], app.Wire.Texts);
        Assert.Equal(["a", "b"], Entries());
    }

    [Fact]
    public async Task a_message_that_failed_for_good_runs_for_real_when_it_comes_again()
    {
        Guid messageId = NewId.NextGuid();
        await using LedgerApp app = await Start();
        _plan.Then = attempt =>
        {
            if (attempt == 1)
                throw new InvalidOperationException("planned");
        };

        await app.Send("book", new Book("a"), messageId);
        await app.Wire.Holds("fault of a");
        Assert.Empty(_database.Read(context => context.Inbox.ToList()));
        Assert.Empty(_database.Read(context => context.Outbox.ToList()));
        Assert.Empty(Entries());

        await app.Send("book", new Book("a"), messageId);
        await app.Wire.Holds("a");
        Assert.Equal(["a"], Entries());
    }

    [Fact]
    public async Task a_delivery_that_lost_a_race_is_run_again()
    {
        _plan.Then = attempt =>
        {
            if (attempt == 1)
                throw new DbUpdateConcurrencyException("planned");
        };
        await using LedgerApp app = await Start();

        await app.Send("book", new Book("a"));

        await app.Wire.Holds("a");
        Assert.Equal(2, _plan.Attempts);
        Assert.Equal(["a"], Entries());
    }

    [Fact]
    public async Task what_a_consumer_publishes_continues_the_conversation_and_names_its_cause()
    {
        await using LedgerApp app = await Start();
        Guid correlationId = NewId.NextGuid(), conversationId = NewId.NextGuid();

        ISendEndpoint endpoint = await app.Bus.GetSendEndpoint(new Uri("queue:book"));
        await endpoint.Send(new Book("a"), send =>
        {
            send.CorrelationId = correlationId;
            send.ConversationId = conversationId;
        });

        await app.Wire.Holds("a");
        ConsumeContext seen = app.Wire.Messages[0].Context;
        Assert.Equal(conversationId, seen.ConversationId);
        Assert.Equal(correlationId, seen.InitiatorId);
        Assert.EndsWith("/book", seen.SourceAddress?.AbsolutePath);
    }

    [Fact]
    public async Task a_response_leaves_through_the_outbox()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database, bus => bus.AddConsumer<AskConsumer>());

        Response<Answer> response = await app.Services.GetRequiredService<IClientFactory>()
            .CreateRequestClient<Ask>(new Uri("queue:ask"), RequestTimeout.After(s: 30))
            .GetResponse<Answer>(new Ask("why"));

        Assert.Equal("because why", response.Message.Text);
        Assert.Single(_database.Read(context => context.Inbox.ToList()));
    }

    [Fact]
    public async Task an_injected_publish_endpoint_belongs_to_the_delivery()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database, bus =>
        {
            bus.AddSingleton(_plan);
            bus.AddConsumer<InjectedConsumer>();
        });
        _plan.Then = attempt =>
        {
            if (attempt == 1)
                throw new DbUpdateConcurrencyException("planned");
        };

        await app.Send("injected", new Book("a"));
        await app.Wire.Holds("a");
        await app.PublishAndSave("witness");
        await app.Wire.Holds("witness");

        Assert.Equal(["a", "witness"], app.Wire.Texts);
    }

    [Fact]
    public async Task without_inbox_an_injected_publish_endpoint_writes_rows_with_the_consumers_save()
    {
        await using LedgerApp app = await LedgerApp.StartAsync(_database, bus => bus.AddConsumer<SavingConsumer>(),
            options => options.InboxFor = static _ => false);
        Guid conversationId = NewId.NextGuid();

        ISendEndpoint endpoint = await app.Bus.GetSendEndpoint(new Uri("queue:saving"));
        await endpoint.Send(new Book("a"), send => send.ConversationId = conversationId);

        await app.Wire.Holds("a");
        Assert.Equal(conversationId, app.Wire.Messages[0].Context.ConversationId);
        Assert.Equal(["a"], Entries());
        Assert.Empty(_database.Read(context => context.Inbox.ToList()));
    }

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private List<string> Entries() => _database.Read(context => context.Entries.OrderBy(entry => entry.Id).Select(entry => entry.Text).ToList());

    private Task<LedgerApp> Start(int retries = 0) => LedgerApp.StartAsync(_database, bus =>
    {
        bus.AddSingleton(_plan);
        bus.AddConsumer<BookConsumer>();
        if (retries > 0)
            bus.AddConfigureEndpointsCallback((_, endpoint) => endpoint.UseMessageRetry(retry => retry.Immediate(retries)));
    });

    private sealed class AskConsumer : IConsumer<Ask>
    {
        public Task Consume(ConsumeContext<Ask> context) => context.RespondAsync(new Answer($"because {context.Message.Question}"));
    }

    private sealed class InjectedConsumer(IPublishEndpoint publish, BookPlan plan) : IConsumer<Book>
    {
        public async Task Consume(ConsumeContext<Book> context)
        {
            await publish.Publish(new Booked(context.Message.Text));
            plan.Attempt();
        }
    }

    private sealed class SavingConsumer(LedgerDbContext dbContext, IPublishEndpoint publish) : IConsumer<Book>
    {
        public async Task Consume(ConsumeContext<Book> context)
        {
            dbContext.Entries.Add(new Entry { Text = context.Message.Text });
            await publish.Publish(new Booked(context.Message.Text));
            await dbContext.SaveChangesAsync(context.CancellationToken);
        }
    }
}
