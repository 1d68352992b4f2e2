using KillRounds.Histories;
using KillRounds.Load.Wire;

namespace KillRounds.Load;

/// <summary>
/// Takes the tokens of its partitions of the second ring on, in transactions of the second dialect. The transactional id owns the
/// partitions: whoever holds it reads on from the position that the transactions kept, and fences the one before.
/// </summary>
internal sealed class SecondDialectWorker(
    string name, IReadOnlyList<Place> places, string bootstrapServers, Topics topics, Random random, History history, Progress progress)
{
    private const int MostTokens = 3;
    private const int OneAbortIn = 5;

    private readonly Sessions _sessions = new(name, Groups.SecondRing, history);

    public async Task RunAsync(CancellationToken stop)
    {
        using var link = new BrokerLink(bootstrapServers, progress);
        var producer = new TransactionalProducer(name, link, random, progress);
        await producer.LearnTopicsAsync([topics.SecondRing, topics.Journal, topics.Latest], stop);
        var reader = new PartitionReader(Groups.SecondRing, producer.IdOf(topics.SecondRing), places, link);
        try
        {
            await BeginAsync(producer, reader, stop);
            while (!stop.IsCancellationRequested)
            {
                var tokens = await reader.ReadAsync(random.Next(1, MostTokens + 1), stop);
                if (tokens.Count > 0)
                    await PassAsync(tokens, producer, reader, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        await producer.InitAsync(CancellationToken.None);
    }

    private async Task BeginAsync(TransactionalProducer producer, PartitionReader reader, CancellationToken stop)
    {
        await producer.InitAsync(stop);
        foreach (var place in places)
            _sessions.Begin(place);
        await reader.BeginAsync(stop);
    }

    private async Task PassAsync(List<(Place Place, long Offset, string Value)> tokens, TransactionalProducer producer, PartitionReader reader, CancellationToken stop)
    {
        var begun = producer.Requests;
        var transaction = $"{name}/{begun.ProducerId}/{begun.Epoch}/{Guid.NewGuid():N}";
        // Nothing commits before it is asked to.
        var outcome = Outcome.Aborted;
        foreach (var token in tokens)
            history.Add(new Read(name, _sessions.Of(token.Place), token.Place, token.Offset, token.Value, transaction));
        try
        {
            var positions = await WriteAsync(tokens, transaction, producer);
            if (random.Next(OneAbortIn) == 0)
            {
                await producer.EndAsync(commit: false);
                progress.Did(Deed.SecondAborted);
                GoBack(tokens, reader);
                return;
            }

            history.Add(new CommitAsked(transaction));
            outcome = Outcome.Unknown;
            await producer.EndAsync(commit: true);
            outcome = Outcome.Committed;
            progress.Did(Deed.SecondCommitted);
            foreach (var (place, offset) in positions)
                history.Add(new PositionAcknowledged(Groups.SecondRing, place, offset));
        }
        catch (TransactionLostException)
        {
            progress.Did(Deed.Replaced);
            await BeginAsync(producer, reader, stop);
            await ComeBackAsync(begun, producer);
        }
        finally
        {
            history.Add(new TransactionEnded(transaction, outcome));
        }
    }

    private async Task<Dictionary<Place, long>> WriteAsync(List<(Place Place, long Offset, string Value)> tokens, string transaction, TransactionalProducer producer)
    {
        var hops = tokens.Index().SelectMany(t => Hop.Of(t.Item.Value, t.Item.Place, $"{transaction}/{t.Index}", topics)).ToList();
        foreach (var hop in hops)
            history.Add(new Sent(name, hop.Place, hop.Value, transaction, hop.Key));
        foreach (var (place, first) in await producer.ProduceAsync(hops))
        {
            foreach (var (index, hop) in hops.Where(h => h.Place == place).Index())
            {
                history.Add(new Acknowledged(name, place, hop.Value, first + index));
                progress.Did(Deed.Acknowledged);
            }
        }

        var positions = tokens.GroupBy(t => t.Place).ToDictionary(g => g.Key, g => g.Max(t => t.Offset) + 1);
        foreach (var (place, offset) in positions)
            history.Add(new PositionSent(Groups.SecondRing, place, offset, transaction));
        await producer.CommitPositionsAsync(Groups.SecondRing, positions);
        return positions;
    }

    private void GoBack(List<(Place Place, long Offset, string Value)> tokens, PartitionReader reader)
    {
        foreach (var first in tokens.GroupBy(t => t.Place).Select(g => g.MinBy(t => t.Offset)))
        {
            _sessions.GoTo(first.Place, first.Offset);
            reader.GoTo(first.Place, first.Offset);
        }
    }

    /// <summary>The producer that was given up was not dead, and writes again.</summary>
    private async Task ComeBackAsync(TransactionalRequests given, TransactionalProducer successor)
    {
        var hop = new Hop(topics.JournalPlace(0), null, $"zombie {name} {given.ProducerId} {given.Epoch} {Guid.NewGuid():N}");
        history.Add(new Unacceptable(name, hop.Place, hop.Value));
        try
        {
            if (!await successor.RefusesAsync(given, hop))
                throw new InvalidOperationException($"{given} was served, although {successor.Requests} came after it.");
        }
        catch (LinkBrokenException)
        {
            // Whatever the answer was: nobody may see the record.
        }
    }
}
