using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>What every log owes: each acknowledged record once, where it was said to be, in the order it was sent.</summary>
internal static class Records
{
    /// <summary>Acknowledged, outside of a transaction or in one that committed, and not in the log at the end.</summary>
    public static IEnumerable<string> Lost(History history)
    {
        var there = history.CommittedLog.Select(r => r.Value).ToHashSet(StringComparer.Ordinal);
        var sent = history.SentByValue();
        var outcomes = history.Outcomes();
        return history.Of<Acknowledged>()
            .Where(a => !there.Contains(a.Value) && MustBeThere(sent[a.Value].Transaction))
            .Select(a => $"{a.Value} of {a.Writer}, acknowledged at {a.Place} offset {a.Offset}");

        bool MustBeThere(string? transaction) =>
            transaction is null || (outcomes.TryGetValue(transaction, out var outcome) && outcome == Outcome.Committed);
    }

    public static IEnumerable<string> Duplicated(History history) =>
        history.Log.GroupBy(r => r.Value, StringComparer.Ordinal).Where(g => g.Count() > 1)
            .Select(g => $"{g.Key} at {string.Join(", ", g.Select(r => $"{r.Place} offset {r.Offset}"))}");

    public static IEnumerable<string> NeverSent(History history)
    {
        var sent = history.SentByValue();
        return history.Of<Read>().Concat(history.Log)
            .Where(r => !sent.TryGetValue(r.Value, out var s) || s.Place != r.Place)
            .Select(r => $"{r.Value} read by {r.Reader} at {r.Place} offset {r.Offset}");
    }

    /// <summary>Two records of one writer in one partition, in the log the other way round than sent.</summary>
    public static IEnumerable<string> Reordered(History history)
    {
        var order = history.Of<Sent>().Index().ToDictionary(s => s.Item.Value, s => (s.Item.Writer, s.Index), StringComparer.Ordinal);
        foreach (var ofOne in history.Log.Where(r => order.ContainsKey(r.Value)).GroupBy(r => (r.Place, order[r.Value].Writer)))
        {
            foreach (var (earlier, later) in ofOne.OrderBy(r => r.Offset).Pairs())
            {
                if (order[earlier.Value].Index > order[later.Value].Index)
                    yield return $"{ofOne.Key.Writer} sent {later.Value} before {earlier.Value}, but {ofOne.Key.Place} has them at {later.Offset} and {earlier.Offset}";
            }
        }
    }

    /// <summary>An offset that showed one value to somebody and another to somebody else: it was given out twice.</summary>
    public static IEnumerable<string> OffsetsWithTwoValues(History history)
    {
        var seen = history.Of<Read>().Concat(history.Log).Select(r => (r.Place, r.Offset, r.Value))
            .Concat(history.Of<Acknowledged>().Select(a => (a.Place, a.Offset, a.Value)));
        return seen.Distinct().GroupBy(s => (s.Place, s.Offset)).Where(g => g.Count() > 1)
            .Select(g => $"{g.Key.Place} offset {g.Key.Offset}: {string.Join(", ", g.Select(s => s.Value))}");
    }
}
