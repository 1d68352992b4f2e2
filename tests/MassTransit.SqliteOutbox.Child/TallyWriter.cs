using MassTransit.SqliteOutbox.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox.Tests;

/// <summary>
/// Raises tallies by one, each with a message that says to what: the numbers of one tally are the order of its commits,
/// however many processes write.
/// </summary>
internal sealed class TallyWriter(LedgerApp app)
{
    private const int SayEvery = 10;

    private readonly Random _random = new();

    public async Task WriteUntil(Task stopped, Action<int> say)
    {
        Guid[] tallies = [];
        await app.Handle(async (context, _) => tallies = await context.Tallies.Select(tally => tally.CorrelationId).ToArrayAsync());

        for (int written = 0; !stopped.IsCompleted;)
        {
            if (await TryRaise(tallies[_random.Next(tallies.Length)]) && ++written % SayEvery == 0)
                say(written);
        }
    }

    private async Task<bool> TryRaise(Guid tallyId)
    {
        try
        {
            await app.Handle(async (context, publish) =>
            {
                await using SqliteWriteTransaction transaction = await context.BeginWriteTransactionAsync();
                Tally tally = await context.Tallies.SingleAsync(tally => tally.CorrelationId == tallyId);
                tally.Sum++;
                await publish.Publish(new Counted(tallyId, (int)tally.Sum));
                await context.SaveChangesAsync();
                await transaction.CommitAsync();
            });

            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            // On a server two may read the same number; one of them starts again.
            return false;
        }
    }
}
