using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>What every log owes: each acknowledged record once, where it was said to be, in the order it was sent.</summary>
internal static class Records
{
    /// <summary>Acknowledged outside of a transaction, or sent in one that committed, and not in the log at the end.</summary>
    public static IEnumerable<string> Lost(History history)
    {
        var there = history.CommittedLog.Select(r => r.Value).ToHashSet(StringComparer.Ordinal);
        var plain = history.Of<Acknowledged>()
            .Where(a => history.Sent[a.Value].Transaction is null && history.Keep(a.Place, a.Offset) && !there.Contains(a.Value))
            .Select(a => $"{a.Value} of {a.Writer}, acknowledged at {a.Place} offset {a.Offset}");
        var committed = history.Of<Sent>()
            .Where(s => s.Transaction is { } t && history.OutcomeOf(t) == Outcome.Committed && history.Keep(s.Place, 0) && !there.Contains(s.Value))
            .Select(s => $"{s.Value} of {s.Writer}, committed to {s.Place}");
        return plain.Concat(committed);
    }

    /// <summary>Somebody read it, so it was stored, and nothing that was stored goes with a killed process.</summary>
    public static IEnumerable<string> ReadButGone(History history)
    {
        var all = history.Log.Select(r => r.Value).ToHashSet(StringComparer.Ordinal);
        var committed = history.CommittedLog.Select(r => r.Value).ToHashSet(StringComparer.Ordinal);
        return history.Of<Read>()
            .Where(r => history.Keep(r.Place, r.Offset) && !(r.IsUncommitted ? all : committed).Contains(r.Value))
            .Select(r => $"{r.Value} read by {r.Reader} at {r.Place} offset {r.Offset}");
    }

    public static IEnumerable<string> Duplicated(History history) =>
        history.Log.GroupBy(r => r.Value, StringComparer.Ordinal).Where(g => g.Count() > 1)
            .Select(g => $"{g.Key} at {string.Join(", ", g.Select(r => $"{r.Place} offset {r.Offset}"))}");

    /// <summary>No client made it up, or it lies where nobody sent it to.</summary>
    public static IEnumerable<string> NeverSent(History history)
    {
        var refused = history.Of<Unacceptable>().Select(u => u.Value).ToHashSet(StringComparer.Ordinal);
        return Seen(history).Where(r => !refused.Contains(r.Value) && (!history.Sent.TryGetValue(r.Value, out var s) || s.Place != r.Place))
            .Select(r => $"{r.Value} read by {r.Reader} at {r.Place} offset {r.Offset}");
    }

    /// <summary>What the broker must refuse, such as the records of a producer that was fenced.</summary>
    public static IEnumerable<string> UnacceptableButThere(History history)
    {
        var refused = history.Of<Unacceptable>().Select(u => u.Value).ToHashSet(StringComparer.Ordinal);
        return Seen(history).Where(r => refused.Contains(r.Value)).Select(r => $"{r.Value} read by {r.Reader} at {r.Place} offset {r.Offset}");
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
        var seen = Seen(history).Select(r => (r.Place, r.Offset, r.Value))
            .Concat(history.Of<Acknowledged>().Select(a => (a.Place, a.Offset, a.Value)));
        return seen.Distinct().GroupBy(s => (s.Place, s.Offset)).Where(g => g.Count() > 1)
            .Select(g => $"{g.Key.Place} offset {g.Key.Offset}: {string.Join(", ", g.Select(s => s.Value))}");
    }

    /// <summary>The two final reads: what is committed is there, and what is in no transaction is committed.</summary>
    public static IEnumerable<string> ViewsDiffer(History history)
    {
        var all = history.Log.Select(r => (r.Place, r.Offset)).ToHashSet();
        var committed = history.CommittedLog.Select(r => (r.Place, r.Offset)).ToHashSet();
        var onlyCommitted = history.CommittedLog.Where(r => !all.Contains((r.Place, r.Offset)))
            .Select(r => $"{r.Value} at {r.Place} offset {r.Offset} shows only when committed records are asked for");
        var hidden = history.Log.Where(r => !committed.Contains((r.Place, r.Offset)) && history.Keep(r.Place, r.Offset) && IsPlain(r.Value))
            .Select(r => $"{r.Value} at {r.Place} offset {r.Offset} is of no transaction and does not show when committed records are asked for");
        return onlyCommitted.Concat(hidden);

        bool IsPlain(string value) => history.Sent.TryGetValue(value, out var sent) && sent.Transaction is null;
    }

    private static IEnumerable<Read> Seen(History history) => history.Of<Read>().Concat(history.Log).Concat(history.CommittedLog);
}
