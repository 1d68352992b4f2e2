using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>
/// Which transaction must come after which: one that consumes what another wrote (wr), one that consumes behind another in a partition of
/// its group, whose position it took over (wr, of positions), and one that its client began after another. A circle of such steps is
/// impossible in any order of transactions (Adya's G1c).
/// </summary>
/// <remarks>
/// Left out on purpose, as Jepsen does for Kafka: ww, because transactions write between each other's records by design, so circles of
/// ww, and of ww and wr, are sound; rw, because a poll that ends says nothing about what lay behind it.
/// </remarks>
internal static class InformationFlow
{
    public static IEnumerable<string> Cycles(History history)
    {
        var after = Steps(history).Where(s => s.From != s.To).Distinct().ToLookup(s => s.From, s => s.To, StringComparer.Ordinal);
        var waysIn = after.SelectMany(s => s).GroupBy(t => t, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);

        // What is left when transactions without a way in are taken away again and again is on a circle or behind one.
        var free = new Queue<string>(after.Select(s => s.Key).Where(t => !waysIn.ContainsKey(t)));
        while (free.TryDequeue(out var transaction))
        {
            foreach (var next in after[transaction])
            {
                if (--waysIn[next] > 0)
                    continue;
                waysIn.Remove(next);
                free.Enqueue(next);
            }
        }

        if (waysIn.Count > 0)
            yield return $"{string.Join(" after ", Circle(waysIn.Keys.First(), after, waysIn))}";
    }

    private static IEnumerable<(string From, string To)> Steps(History history)
    {
        var reads = history.Of<Read>().Where(r => r.Transaction is not null).ToList();
        var data = from read in reads
                   where history.Sent.GetValueOrDefault(read.Value)?.Transaction is not null
                   select (history.Sent[read.Value].Transaction!, read.Transaction!);
        var positions = from read in reads
                        where history.RingGroups.ContainsKey(read.Place.Topic) && history.IsCommitted(read.Transaction!)
                        group read by read.Place into consumed
                        from pair in consumed.OrderBy(r => r.Offset).Pairs()
                        select (pair.First.Transaction!, pair.Second.Transaction!);
        var clients = from ofOne in reads.GroupBy(r => r.Reader, StringComparer.Ordinal)
                      from pair in ofOne.Select(r => r.Transaction!).Distinct(StringComparer.Ordinal).Pairs()
                      select pair;
        return data.Concat(positions).Concat(clients);
    }

    /// <summary>Backwards from a transaction every one of whose predecessors has a predecessor, until one comes again.</summary>
    private static List<string> Circle(string on, ILookup<string, string> after, Dictionary<string, int> left)
    {
        var path = new List<string>();
        while (!path.Contains(on, StringComparer.Ordinal))
        {
            path.Add(on);
            on = left.Keys.First(t => after[t].Contains(on, StringComparer.Ordinal));
        }

        return [.. path.SkipWhile(t => t != on), on];
    }
}
