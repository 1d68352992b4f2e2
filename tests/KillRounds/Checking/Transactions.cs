using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>All of a transaction or nothing.</summary>
internal static class Transactions
{
    /// <summary>Every reader of a history reads committed records only.</summary>
    public static IEnumerable<string> AbortedButRead(History history)
    {
        var sent = history.SentByValue();
        var outcomes = history.Outcomes();
        return history.Of<Read>().Concat(history.CommittedLog)
            .Where(r => sent.TryGetValue(r.Value, out var s) && s.Transaction is { } t && outcomes.TryGetValue(t, out var outcome) && outcome == Outcome.Aborted)
            .Select(r => $"{r.Value} read by {r.Reader} at {r.Place} offset {r.Offset}");
    }

    /// <summary>Some of a transaction's records are there at the end and others are not, whatever its client was told.</summary>
    public static IEnumerable<string> Torn(History history)
    {
        var there = history.CommittedLog.Select(r => r.Value).ToHashSet(StringComparer.Ordinal);
        return history.Of<Sent>().Where(s => s.Transaction is not null).GroupBy(s => s.Transaction!, StringComparer.Ordinal)
            .Where(t => t.Any(s => there.Contains(s.Value)) && !t.All(s => there.Contains(s.Value)))
            .Select(t => $"{t.Key}: has {Join(t, true)}, lacks {Join(t, false)}");

        string Join(IEnumerable<Sent> sends, bool present) =>
            string.Join(", ", sends.Where(s => there.Contains(s.Value) == present).Select(s => s.Value));
    }
}
