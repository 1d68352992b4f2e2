using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>
/// Judges a recorded history by what Kafka promises, in the manner of Jepsen's queue workload for logs. Offsets need not be
/// contiguous: markers and aborted records take some. A transaction whose client was told nothing may have gone either way, but whole.
/// </summary>
public static class Checker
{
    private static readonly (string Name, Func<History, IEnumerable<string>> Find)[] Checks =
    [
        ("lost", Records.Lost),
        ("read but gone", Records.ReadButGone),
        ("duplicated", Records.Duplicated),
        ("never sent", Records.NeverSent),
        ("unacceptable but there", Records.UnacceptableButThere),
        ("reordered", Records.Reordered),
        ("offset with two values", Records.OffsetsWithTwoValues),
        ("views differ", Records.ViewsDiffer),
        ("key went back", Keys.WentBack),
        ("aborted but read", Transactions.AbortedButRead),
        ("read before commit", Transactions.ReadBeforeCommit),
        ("torn transaction", Transactions.Torn),
        ("circular flow", InformationFlow.Cycles),
        ("poll went back or stood", Polls.NotForward),
        ("poll skipped", Polls.Skipped),
        ("unread", Polls.Unread),
        ("position lost", Positions.Lost),
        ("position ahead", Positions.Ahead),
        ("went back", Looks.WentBack),
        ("beyond the end", Looks.BeyondTheEnd),
        ("start beyond what was asked", Looks.StartBeyondWhatWasAsked),
        ("token not exactly once", Ring.Broken),
        ("input not reflected once", Ring.NotReflected),
    ];

    /// <summary>One line for each anomaly, at most <paramref name="ofEach"/> of a kind.</summary>
    public static IReadOnlyList<string> Anomalies(History history, int ofEach = 10) =>
        [.. Checks.SelectMany(check => check.Find(history).Take(ofEach).Select(a => $"{check.Name}: {a}"))];
}
