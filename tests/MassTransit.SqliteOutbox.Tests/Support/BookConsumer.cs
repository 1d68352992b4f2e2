using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>Writes an entry and publishes; then does whatever the test planned for this attempt.</summary>
public sealed class BookConsumer(LedgerDbContext context, BookPlan plan) : IConsumer<Book>
{
    public async Task Consume(ConsumeContext<Book> message)
    {
        context.Entries.Add(new Entry { Text = message.Message.Text });
        await message.Publish(new Booked(message.Message.Text));
        await context.SaveChangesAsync(message.CancellationToken);

        plan.Attempt(context);
    }
}

public sealed class BookPlan
{
    private int _attempts;

    public int Attempts => _attempts;

    /// <summary>Given the attempt's number, from 1.</summary>
    public Action<int> Then { get; set; } = static _ => { };

    public Action<int, DbContext> ThenOn { get; set; } = static (_, _) => { };

    public void Attempt(DbContext? context = null)
    {
        int attempt = Interlocked.Increment(ref _attempts);
        Then(attempt);
        if (context is not null)
            ThenOn(attempt, context);
    }
}
