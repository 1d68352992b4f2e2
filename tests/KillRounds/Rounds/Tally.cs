using System.Globalization;
using KillRounds.Histories;
using KillRounds.Load;

namespace KillRounds.Rounds;

/// <summary>What a run has exercised, and how often. What never happened was not tested.</summary>
internal sealed class Tally
{
    public const string KillsUnderLoad = "kills under load";
    public const string KillsFrozen = "kills of a frozen broker";
    public const string KillsInRecovery = "kills in recovery";
    public const string KillsWhenReady = "kills when just ready";
    public const string Freezes = "freezes";
    public const string CleanStops = "clean stops";
    public const string Acknowledged = "records acknowledged";

    /// <summary>Fewer have not seen every kind of round.</summary>
    public const int RoundsForEverything = 5;

    /// <summary>Enough for what needs a kill at just the right moment.</summary>
    private const int RoundsForTheRare = 50;

    private readonly Dictionary<string, long> _counts =
        new[] { KillsUnderLoad, KillsFrozen, KillsInRecovery, KillsWhenReady, Freezes, CleanStops }.ToDictionary(k => k, _ => 0L);

    public long Of(string what) => _counts.GetValueOrDefault(what);

    public void Add(string what, long times) => _counts[what] = Of(what) + times;

    /// <summary>The clients of a stretch and what they left.</summary>
    public void Add(History history, Progress progress)
    {
        var there = history.Log.Select(r => r.Value).ToHashSet(StringComparer.Ordinal);
        var transactions = history.Of<Sent>().Where(s => s.Transaction is not null).ToLookup(s => s.Transaction!, StringComparer.Ordinal);
        var ends = history.Of<TransactionEnded>().ToList();
        var gone = history.Of<Acknowledged>().Where(a => !there.Contains(a.Value)).ToLookup(a => history.KeepingOf(a.Place));

        Add(Acknowledged, progress.Of(Deed.Acknowledged));
        Add("transactions committed, first dialect", progress.Of(Deed.FirstCommitted));
        Add("transactions committed, second dialect", progress.Of(Deed.SecondCommitted));
        Add("transactions committed in several partitions of several topics", ends.Count(e => e.Outcome == Outcome.Committed && Spreads(transactions[e.Transaction])));
        Add("transactions aborted on purpose, first dialect", progress.Of(Deed.FirstAborted));
        Add("transactions aborted on purpose, second dialect", progress.Of(Deed.SecondAborted));
        Add("transactions aborted with records in the log", ends.Count(e => e.Outcome == Outcome.Aborted && transactions[e.Transaction].Any(s => there.Contains(s.Value))));
        Add(Rarely.UnknownAndCommitted, ends.Count(e => e.Outcome == Outcome.Unknown && history.IsCommitted(e.Transaction)));
        Add(Rarely.UnknownAndAborted, ends.Count(e => e.Outcome == Outcome.Unknown && !history.IsCommitted(e.Transaction)));
        Add(Rarely.Replaced, progress.Of(Deed.Replaced));
        Add(Rarely.Repeated, progress.Of(Deed.Repeated));
        Add("batches sent again", progress.Of(Deed.Resent));
        Add(Rarely.ResentAndThere, progress.Of(Deed.ResentAndThere));
        Add("rebalances, classic", Math.Max(0, progress.Of(Deed.ClassicAssigned) - Traffic.MembersPerGroup));
        Add("rebalances, consumer protocol", Math.Max(0, progress.Of(Deed.ConsumerAssigned) - Traffic.MembersPerGroup));
        Add("connections given up", progress.Of(Deed.TimedOut));
        Add("looks at positions and bounds", progress.Of(Deed.Looked));
        Add("records sent that had to be refused", history.Of<Unacceptable>().Count());
        Add("records deleted by request", gone[Keeping.UntilTrimmed].Count());
        Add("records deleted by retention", gone[Keeping.Newest].Count());
        Add("records compacted away", gone[Keeping.LatestOfKey].Count());
    }

    /// <summary>What should have happened in so many rounds and did not.</summary>
    public IReadOnlyList<string> Missing(int rounds) =>
        [.. _counts.Where(c => c.Value == 0 && rounds >= (Rarely.All.Contains(c.Key) ? RoundsForTheRare : RoundsForEverything)).Select(c => c.Key)];

    public override string ToString()
    {
        var width = _counts.Keys.Max(k => k.Length);
        return string.Join('\n', _counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key.PadRight(width)} {c.Value,12:N0}")));
    }

    private static bool Spreads(IEnumerable<Sent> sends) => sends.Select(s => s.Place.Topic).Distinct().Count() > 1;

    private static class Rarely
    {
        public const string UnknownAndCommitted = "transactions of unknown outcome, committed";
        public const string UnknownAndAborted = "transactions of unknown outcome, aborted";
        public const string Replaced = "producers replaced within a transaction";
        public const string Repeated = "requests of a transaction sent again";
        public const string ResentAndThere = "batches sent again that were there already";

        public static readonly string[] All = [UnknownAndCommitted, UnknownAndAborted, Replaced, Repeated, ResentAndThere];
    }
}
