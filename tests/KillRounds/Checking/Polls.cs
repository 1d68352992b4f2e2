using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>From where it began a reader goes forward and leaves nothing out, over kills and over the ends of transactions.</summary>
internal static class Polls
{
    public static IEnumerable<string> NotForward(History history) =>
        from session in Sessions(history)
        from pair in session.Pairs()
        where pair.Second.Offset <= pair.First.Offset
        select $"{pair.Second.Reader} read {pair.Second.Place} offset {pair.Second.Offset} after {pair.First.Offset}";

    public static IEnumerable<string> Skipped(History history)
    {
        var all = Offsets(history.Log);
        var committed = Offsets(history.CommittedLog);
        foreach (var session in Sessions(history))
        {
            foreach (var (first, second) in session.Pairs())
            {
                var log = (second.IsUncommitted ? all : committed).GetValueOrDefault(session.Key.Place) ?? [];
                var next = Array.BinarySearch(log, first.Offset + 1);
                next = next < 0 ? ~next : next;
                if (next < log.Length && log[next] < second.Offset)
                    yield return $"{second.Reader} went from {first.Place} offset {first.Offset} to {second.Offset} over {log[next]}";
            }
        }
    }

    /// <summary>Records of a topic with a group that none of its members was given. Tokens of a ring lie where they were at the end.</summary>
    public static IEnumerable<string> Unread(History history)
    {
        var sessions = history.Of<Assigned>().GroupBy(a => a.Session, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Group, StringComparer.Ordinal);
        var read = history.Of<Read>().Where(r => sessions.ContainsKey(r.Session)).Select(r => (sessions[r.Session], r.Value)).ToHashSet();
        return from place in history.Of<Assigned>().Select(a => (a.Group, a.Place)).Distinct()
               where !history.RingGroups.ContainsKey(place.Place.Topic)
               join record in history.CommittedLog on place.Place equals record.Place
               where !read.Contains((place.Group, record.Value))
               select $"{record.Value} at {record.Place} offset {record.Offset} by {place.Group}";
    }

    private static Dictionary<Place, long[]> Offsets(IReadOnlyList<Read> log) =>
        log.GroupBy(r => r.Place).ToDictionary(g => g.Key, g => g.Select(r => r.Offset).Order().ToArray());

    /// <summary>Where the reader chose its position, the offset before it counts as read.</summary>
    private static IEnumerable<IGrouping<(string Session, Place Place), Read>> Sessions(History history) =>
        history.Events.Select(e => e as Read ?? (e is Positioned p ? new Read(p.Reader, p.Session, p.Place, p.Offset - 1, "") : null))
            .Where(r => r is not null)
            .GroupBy(r => (r!.Session, r.Place), r => r!);
}
