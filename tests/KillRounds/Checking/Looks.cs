using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>
/// What an onlooker sees goes only forward: the positions of groups, and where logs begin and end. What was acknowledged before it asked,
/// it sees.
/// </summary>
internal static class Looks
{
    public static IEnumerable<string> WentBack(History history)
    {
        var known = new Frontier();
        var due = known.Copy();
        foreach (var e in history.Events)
        {
            switch (e)
            {
                case LookBegun:
                    due = known.Copy();
                    break;
                case PositionSeen seen when seen.Offset < due.Of(Frontier.Group(seen.Group), seen.Place):
                    yield return $"{seen.Group} is at {seen.Place} offset {seen.Offset}, although it was at {due.Of(Frontier.Group(seen.Group), seen.Place)}";
                    break;
                case BoundsSeen seen when seen.Start < due.Of(Frontier.Starts, seen.Place):
                    yield return $"{seen.Place} begins at {seen.Start}, although it began at {due.Of(Frontier.Starts, seen.Place)}";
                    break;
                case BoundsSeen seen when seen.End < due.Of(Frontier.Ends, seen.Place):
                    yield return $"{seen.Place} ends at {seen.End}, although it ended at {due.Of(Frontier.Ends, seen.Place)}";
                    break;
            }

            known.Take(e);
        }
    }

    /// <summary>Positions and starts behind the end, which the onlooker asks for last.</summary>
    public static IEnumerable<string> BeyondTheEnd(History history)
    {
        var positions = new Dictionary<(Place Place, string Group), long>();
        foreach (var e in history.Events)
        {
            if (e is PositionSeen position)
                positions[(position.Place, position.Group)] = position.Offset;
            if (e is not BoundsSeen bounds)
                continue;
            if (bounds.Start > bounds.End)
                yield return $"{bounds.Place} begins at {bounds.Start} and ends at {bounds.End}";
            foreach (var ((_, group), offset) in positions.Where(p => p.Key.Place == bounds.Place && p.Value > bounds.End))
                yield return $"{group} is at {bounds.Place} offset {offset}, although it ends at {bounds.End}";
        }
    }

    /// <summary>A log that nobody trims keeps its beginning; one that is trimmed begins nowhere that nobody asked for.</summary>
    public static IEnumerable<string> StartBeyondWhatWasAsked(History history)
    {
        var asked = new Dictionary<Place, long>();
        foreach (var e in history.Events)
        {
            if (e is TrimSent trim)
                asked[trim.Place] = Math.Max(asked.GetValueOrDefault(trim.Place), trim.Offset);
            else if (e is BoundsSeen seen && history.KeepingOf(seen.Place) != Keeping.Newest && seen.Start > asked.GetValueOrDefault(seen.Place))
                yield return $"{seen.Place} begins at {seen.Start}, although nobody asked for more than {asked.GetValueOrDefault(seen.Place)}";
        }
    }

    /// <summary>How far everything is known to have come.</summary>
    private sealed class Frontier
    {
        public const string Starts = "starts";
        public const string Ends = "ends";

        private Dictionary<(string Of, Place Place), long> _offsets = [];

        public static string Group(string name) => $"group {name}";

        public long Of(string of, Place place) => _offsets.GetValueOrDefault((of, place));

        public Frontier Copy() => new() { _offsets = new(_offsets) };

        public void Take(Event e)
        {
            switch (e)
            {
                case Acknowledged a:
                    Raise(Ends, a.Place, a.Offset + 1);
                    break;
                case Read r:
                    Raise(Ends, r.Place, r.Offset + 1);
                    break;
                case PositionAcknowledged p:
                    Raise(Group(p.Group), p.Place, p.Offset);
                    break;
                case TrimAcknowledged t:
                    Raise(Starts, t.Place, t.Start);
                    break;
                case PositionSeen p:
                    Raise(Group(p.Group), p.Place, p.Offset);
                    break;
                case BoundsSeen b:
                    Raise(Starts, b.Place, b.Start);
                    Raise(Ends, b.Place, b.End);
                    break;
            }
        }

        private void Raise(string of, Place place, long offset) => _offsets[(of, place)] = Math.Max(Of(of, place), offset);
    }
}
