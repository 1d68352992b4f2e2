using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>
/// Judges a recorded history by what Kafka promises, in the manner of Jepsen's queue workload for logs. Offsets need not be
/// contiguous: markers and aborted records take some.
/// </summary>
public static class Checker
{
    private static readonly (string Name, Func<History, IEnumerable<string>> Find)[] Checks =
    [
        ("lost", Records.Lost),
        ("duplicated", Records.Duplicated),
        ("never sent", Records.NeverSent),
        ("reordered", Records.Reordered),
        ("offset with two values", Records.OffsetsWithTwoValues),
        ("aborted but read", Transactions.AbortedButRead),
        ("torn transaction", Transactions.Torn),
        ("circular flow", InformationFlow.Cycles),
        ("poll went back or stood", Polls.NotForward),
        ("poll skipped", Polls.Skipped),
        ("unread", Polls.Unread),
        ("position lost", Positions.Lost),
        ("position ahead", Positions.Ahead),
        ("token not exactly once", Ring.Broken),
    ];

    /// <summary>One line for each anomaly, at most <paramref name="ofEach"/> of a kind.</summary>
    public static IReadOnlyList<string> Anomalies(History history, int ofEach = 10) =>
        [.. Checks.SelectMany(check => check.Find(history).Take(ofEach).Select(a => $"{check.Name}: {a}"))];
}
