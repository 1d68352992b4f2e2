using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>
/// A transaction that consumes what another wrote comes after it. A circle of such steps is impossible in any order of
/// transactions (Adya's G1c, of write-read edges alone: Kafka's transactions allow circles of writes by design).
/// </summary>
internal static class InformationFlow
{
    public static IEnumerable<string> Cycles(History history)
    {
        var writers = history.Of<Sent>().Where(s => s.Transaction is not null).ToDictionary(s => s.Value, s => s.Transaction!, StringComparer.Ordinal);
        var flows = history.Of<Read>().Where(r => r.Transaction is not null && writers.ContainsKey(r.Value))
            .ToLookup(r => writers[r.Value], r => r.Transaction!, StringComparer.Ordinal);

        // What is left when transactions without a way in are taken away again and again is on a circle or behind one.
        var waysIn = flows.SelectMany(f => f).GroupBy(t => t, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var free = new Queue<string>(flows.Select(f => f.Key).Where(t => !waysIn.ContainsKey(t)));
        while (free.TryDequeue(out var transaction))
        {
            foreach (var reader in flows[transaction])
            {
                if (--waysIn[reader] > 0)
                    continue;
                waysIn.Remove(reader);
                free.Enqueue(reader);
            }
        }

        return waysIn.Keys.Where(t => flows[t].Any(waysIn.ContainsKey))
            .Select(t => $"{t} reads, through others, what it wrote: {string.Join(", ", flows[t].Where(waysIn.ContainsKey))}");
    }
}
