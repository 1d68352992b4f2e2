using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>Within one assignment a reader goes forward and leaves nothing out.</summary>
internal static class Polls
{
    public static IEnumerable<string> NotForward(History history) =>
        from session in Sessions(history)
        from pair in session.Pairs()
        where pair.Second.Offset <= pair.First.Offset
        select $"{pair.Second.Reader} read {pair.Second.Place} offset {pair.Second.Offset} after {pair.First.Offset}";

    public static IEnumerable<string> Skipped(History history)
    {
        var logs = history.CommittedLog.GroupBy(r => r.Place).ToDictionary(g => g.Key, g => g.Select(r => r.Offset).Order().ToArray());
        foreach (var session in Sessions(history))
        {
            var log = logs.GetValueOrDefault(session.Key.Place) ?? [];
            foreach (var (first, second) in session.Pairs())
            {
                var between = Array.BinarySearch(log, first.Offset + 1);
                between = between < 0 ? ~between : between;
                if (between < log.Length && log[between] < second.Offset)
                    yield return $"{second.Reader} went from {first.Place} offset {first.Offset} to {second.Offset} over {log[between]}";
            }
        }
    }

    /// <summary>Records of a topic with a group that none of its members was given. Tokens of the ring lie where they were at the end.</summary>
    public static IEnumerable<string> Unread(History history)
    {
        var grouped = history.Of<Assigned>().Select(a => a.Place).ToHashSet();
        var members = history.Of<Assigned>().Select(a => a.Reader).ToHashSet(StringComparer.Ordinal);
        var read = history.Of<Read>().Where(r => members.Contains(r.Reader)).Select(r => r.Value).ToHashSet(StringComparer.Ordinal);
        return history.CommittedLog.Where(r => r.Place.Topic != Ring.Topic && grouped.Contains(r.Place) && !read.Contains(r.Value))
            .Select(r => $"{r.Value} at {r.Place} offset {r.Offset}");
    }

    private static IEnumerable<IGrouping<(string Session, Place Place), Read>> Sessions(History history) =>
        history.Of<Read>().GroupBy(r => (r.Session, r.Place));
}
