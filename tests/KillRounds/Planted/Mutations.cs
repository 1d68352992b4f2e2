using KillRounds.Checking;
using KillRounds.Histories;

namespace KillRounds.Planted;

/// <summary>
/// Anomalies planted one at a time in a history that clients have recorded: what the checker would not find among thousands of events, it
/// has not excluded either.
/// </summary>
internal static class Mutations
{
    private static readonly (string Anomaly, Func<History, History> Plant)[] All =
    [
        ("lost", LoseOneAcknowledged),
        ("duplicated", StoreOneTwice),
        ("reordered", SwapTwoOfOneWriter),
        ("aborted but read", ShowOneAborted),
        ("torn transaction", HideOneOfATransaction),
        ("read before commit", AskForACommitNever),
        ("circular flow", LetTwoTransactionsReadEachOther),
        ("poll went back or stood", PollOnceMore),
        ("poll skipped", PollOver),
        ("unread", ReadOneByNobody),
        ("position lost", KeepAPositionFarAhead),
        ("key went back", HideTheLastOfAKey),
        ("token not exactly once", HideAHop),
        ("input not reflected once", SeeAPositionAtTheStart),
    ];

    /// <summary>Kinds of anomalies that the checker does not find in a copy where they were planted.</summary>
    public static IReadOnlyList<string> NotFound(History history) =>
        [.. All.Where(m => !Checker.Anomalies(m.Plant(history), ofEach: 1).Any(a => a.StartsWith($"{m.Anomaly}: ", StringComparison.Ordinal))).Select(m => m.Anomaly)];

    private static History LoseOneAcknowledged(History history)
    {
        var lost = Acknowledged(history);
        return history.With(history.Events, Without(history.Log, lost), Without(history.CommittedLog, lost));
    }

    private static History StoreOneTwice(History history)
    {
        var again = history.Log[0] with { Offset = history.Log.Where(r => r.Place == history.Log[0].Place).Max(r => r.Offset) + 1 };
        return history.With(history.Events, [.. history.Log, again], [.. history.CommittedLog, again]);
    }

    private static History SwapTwoOfOneWriter(History history)
    {
        var (first, second) = history.Log.Where(r => history.KeepingOf(r.Place) == Keeping.Everything)
            .GroupBy(r => (r.Place, history.Sent[r.Value].Writer)).First(g => g.Count() > 1).Pairs().First();
        return history.With(history.Events, Swapped(history.Log), Swapped(history.CommittedLog));

        IReadOnlyList<Read> Swapped(IReadOnlyList<Read> log) =>
            [.. log.Select(r => r.Value == first.Value ? r with { Value = second.Value } : r.Value == second.Value ? r with { Value = first.Value } : r)];
    }

    private static History ShowOneAborted(History history) =>
        Showing(history, [.. history.CommittedLog, history.Log.First(r => TransactionOf(history, r) is { } t && history.OutcomeOf(t) == Outcome.Aborted)]);

    /// <summary>Of one that wrote to several partitions of several topics.</summary>
    private static History HideOneOfATransaction(History history) =>
        Showing(history, Without(history.CommittedLog, history.CommittedLog.First(r => TransactionOf(history, r) is not null && history.KeepingOf(r.Place) == Keeping.Everything).Value));

    private static History AskForACommitNever(History history)
    {
        var asked = history.Of<CommitAsked>().First(c => history.IsCommitted(c.Transaction));
        return Telling(history, history.Events.Where(e => e != asked));
    }

    private static History LetTwoTransactionsReadEachOther(History history)
    {
        var wrote = history.Of<Sent>().Where(s => s.Transaction is not null).ToLookup(s => s.Transaction!, StringComparer.Ordinal);
        var later = history.Of<Read>().First(r => r.Transaction is { } t && wrote[t].Any() && TransactionOf(history, r) is not null);
        var earlier = history.Of<Read>().First(r => r.Transaction == TransactionOf(history, later));
        var written = wrote[later.Transaction!].First();
        return Telling(history, history.Events.Append(earlier with { Place = written.Place, Value = written.Value }));
    }

    private static History PollOnceMore(History history) => Telling(history, history.Events.Append(history.Of<Read>().First()));

    private static History PollOver(History history)
    {
        var over = history.Of<Read>().Where(r => history.KeepingOf(r.Place) == Keeping.Everything)
            .GroupBy(r => (r.Session, r.Place)).First(s => s.Count() > 2).ElementAt(1);
        return Telling(history, history.Events.Where(e => e != over));
    }

    private static History ReadOneByNobody(History history)
    {
        var unread = Acknowledged(history);
        return Telling(history, history.Events.Where(e => e is not Read r || r.Value != unread));
    }

    private static History KeepAPositionFarAhead(History history)
    {
        var sessions = history.Of<Read>().Select(r => (r.Session, r.Place)).ToHashSet();
        var assigned = history.Of<Assigned>().First(a => sessions.Contains((a.Session, a.Place)));
        return Telling(history, history.Events.Prepend(new PositionAcknowledged(assigned.Group, assigned.Place, long.MaxValue)));
    }

    private static History HideTheLastOfAKey(History history)
    {
        var last = history.CommittedLog.Select(r => history.Sent[r.Value]).Where(s => s.Key is not null).GroupBy(s => (s.Place, s.Key))
            .Select(g => g.Last()).First(s => !s.IsTombstone && s.Transaction is null);
        return Showing(history, Without(history.CommittedLog, last.Value));
    }

    private static History HideAHop(History history) => Showing(history, Without(history.CommittedLog, Consumed(history).Value));

    private static History SeeAPositionAtTheStart(History history)
    {
        var place = Consumed(history).Place;
        return Telling(history, history.Events.Append(new PositionSeen(history.RingGroups[place.Topic], place, 0)));
    }

    /// <summary>A token that went on from there.</summary>
    private static Read Consumed(History history) => history.Of<Read>().First(r => r.Transaction is { } t && history.IsCommitted(t));

    /// <summary>A record of no transaction that groups had to read.</summary>
    private static string Acknowledged(History history)
    {
        var read = history.Of<Assigned>().Select(a => a.Place).Where(p => !history.RingGroups.ContainsKey(p.Topic)).ToHashSet();
        return history.Of<Acknowledged>().First(a => read.Contains(a.Place)).Value;
    }

    private static string? TransactionOf(History history, Read read) => history.Sent[read.Value].Transaction;

    private static List<Read> Without(IReadOnlyList<Read> log, string value) => [.. log.Where(r => r.Value != value)];

    private static History Showing(History history, IReadOnlyList<Read> committedLog) => history.With(history.Events, history.Log, committedLog);

    private static History Telling(History history, IEnumerable<Event> events) => history.With(events, history.Log, history.CommittedLog);
}
