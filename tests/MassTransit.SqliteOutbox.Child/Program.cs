using MassTransit;
using MassTransit.SqliteOutbox.Tests;
using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

// One more process of a service, on the database and the broker of a test, which kills it or writes a line to stop it.
// It does what its first argument says, and says a word when it has got there.
if (args is not [var role, var connectionString, var bootstrapServers])
    throw new ArgumentException("Give a role, a connection string and the broker's address.");

var never = new TaskCompletionSource();
var commits = new CommitHook();
var commands = new CommandHook();
await using LedgerApp app = await LedgerApp.StartAsync(new GivenDatabase(connectionString), bus =>
{
    if (role == "commit")
    {
        bus.AddSingleton(new BookPlan());
        bus.AddConsumer<BookConsumer>();
    }
}, interceptors: [commits, commands], bootstrapServers: bootstrapServers, listens: false);
var stopped = Task.Run(Console.In.ReadLine);

switch (role)
{
    case "write":
        await new TallyWriter(app).WriteUntil(stopped, written => Say($"{written}"));
        break;

    // Dies with rows written and not committed.
    case "hold":
        await app.Handle(async (context, publish) =>
        {
            await using var transaction = await context.BeginWriteTransactionAsync();
            context.Entries.Add(new Entry { Text = "held" });
            await publish.Publish(new Booked("held"));
            await context.SaveChangesAsync();
            Say("holding");
            await stopped;
        });
        break;

    // Dies with the relay's turn, before the broker has the message.
    case "send":
        app.Outage.Hits = static _ => true;
        app.Outage.Refusing = () =>
        {
            Say("sending");
            Thread.CurrentThread.Join();
        };
        await app.PublishAndSave("stuck");
        await stopped;
        break;

    // Dies after the broker has the message, before the row is gone.
    case "mark":
        commands.BeforeCommand = text =>
        {
            if (!text.Contains("DELETE FROM \"OutboxMessage\"", StringComparison.Ordinal))
                return Task.CompletedTask;

            Say("marking");

            return never.Task;
        };
        await app.PublishAndSave("sent");
        await stopped;
        break;

    // Dies after its consumers ran, before their group's commit.
    case "commit":
        commits.BeforeCommit = () =>
        {
            Say("committing");

            return never.Task;
        };
        await stopped;
        break;

    default:
        throw new ArgumentException($"There is no role {role}.");
}

return 0;

static void Say(string word)
{
    Console.Out.WriteLine(word);
    Console.Out.Flush();
}
