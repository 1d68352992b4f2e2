using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>
/// What compaction owes: the last of the records of a key that must have been stored, or a later one. The records of a key are sent one
/// after the other: by one writer, or each by a transaction that read what the one before had written.
/// </summary>
internal static class Keys
{
    public static IEnumerable<string> WentBack(History history)
    {
        var acknowledged = history.Of<Acknowledged>().Select(a => a.Value).ToHashSet(StringComparer.Ordinal);
        var last = history.CommittedLog.Where(r => history.Sent.GetValueOrDefault(r.Value)?.Key is not null)
            .GroupBy(r => (r.Place, history.Sent[r.Value].Key)).ToDictionary(g => g.Key, g => g.MaxBy(r => r.Offset)!.Value);

        foreach (var key in history.Of<Sent>().Where(s => s.Key is not null && !IsAborted(s)).GroupBy(s => (s.Place, s.Key)))
        {
            var sent = key.ToList();
            var due = sent.FindLastIndex(IsStored);
            if (due < 0)
                continue;
            var may = sent.Skip(due);
            var found = last.GetValueOrDefault(key.Key);
            // A tombstone may be gone itself, and then so is everything before it.
            if (found is null ? !may.Any(s => s.IsTombstone) : may.All(s => s.Value != found))
                yield return $"{key.Key.Key} in {key.Key.Place} is {found ?? "gone"}, although {sent[due].Value} was stored";
        }

        bool IsAborted(Sent sent) => sent.Transaction is { } t && history.OutcomeOf(t) == Outcome.Aborted;

        bool IsStored(Sent sent) =>
            sent.Transaction is { } t ? history.OutcomeOf(t) == Outcome.Committed : acknowledged.Contains(sent.Value);
    }
}
