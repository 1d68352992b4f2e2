using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>All of a transaction or nothing, and nothing before its commit was asked for.</summary>
internal static class Transactions
{
    public static IEnumerable<string> AbortedButRead(History history) =>
        Committed(history).Concat(history.CommittedLog)
            .Where(r => TransactionOf(history, r) is { } t && history.OutcomeOf(t) == Outcome.Aborted)
            .Select(r => $"{r.Value} read by {r.Reader} at {r.Place} offset {r.Offset}");

    /// <summary>Whatever became of the transaction later: at that time it was open.</summary>
    public static IEnumerable<string> ReadBeforeCommit(History history)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var e in history.Events)
        {
            if (e is CommitAsked commit)
                asked.Add(commit.Transaction);
            else if (e is Read { IsUncommitted: false } read && TransactionOf(history, read) is { } t && !asked.Contains(t))
                yield return $"{read.Value} read by {read.Reader} at {read.Place} offset {read.Offset} while {t} was open";
        }
    }

    /// <summary>Some of a transaction's records are there at the end and others are not, whatever its client was told.</summary>
    public static IEnumerable<string> Torn(History history)
    {
        var there = history.CommittedLog.Select(r => r.Value).ToHashSet(StringComparer.Ordinal);
        return history.Of<Sent>().Where(s => s.Transaction is not null).GroupBy(s => s.Transaction!, StringComparer.Ordinal)
            .Select(t => (Name: t.Key, Has: t.Where(s => there.Contains(s.Value)), Lacks: t.Where(s => !there.Contains(s.Value) && history.Keep(s.Place, 0))))
            .Where(t => t.Has.Any() && t.Lacks.Any())
            .Select(t => $"{t.Name}: has {Join(t.Has)}, lacks {Join(t.Lacks)}");

        static string Join(IEnumerable<Sent> sends) => string.Join(", ", sends.Select(s => s.Value));
    }

    private static IEnumerable<Read> Committed(History history) => history.Of<Read>().Where(r => !r.IsUncommitted);

    private static string? TransactionOf(History history, Read read) => history.Sent.GetValueOrDefault(read.Value)?.Transaction;
}
