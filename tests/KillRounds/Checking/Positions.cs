using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>A group goes on where it said it was: not before, which is work done twice, and not behind, which is work left out.</summary>
internal static class Positions
{
    public static IEnumerable<string> Lost(History history)
    {
        foreach (var (start, acknowledged, _) in Starts(history))
        {
            if (start.Offset < acknowledged)
                yield return $"{start.Reader} began {start.Place} at {start.Offset}, although {acknowledged} was acknowledged";
        }
    }

    /// <summary>Only where the log has a record between the furthest position that was asked for and the first one read.</summary>
    public static IEnumerable<string> Ahead(History history)
    {
        var logs = history.CommittedLog.ToLookup(r => r.Place);
        foreach (var (start, _, asked) in Starts(history))
        {
            if (logs[start.Place].Any(r => r.Offset >= asked && r.Offset < start.Offset))
                yield return $"{start.Reader} began {start.Place} at {start.Offset}, although nobody asked for more than {asked}";
        }
    }

    /// <summary>The first record of each assignment, with the positions known when the assignment was made and when it was read.</summary>
    private static IEnumerable<(Read Start, long Acknowledged, long Asked)> Starts(History history)
    {
        var acknowledged = new Dictionary<(string, Place), long>();
        var asked = new Dictionary<(string, Place), long>();
        var assigned = new Dictionary<(string Session, Place Place), (string Group, long Acknowledged)>();
        foreach (var e in history.Events)
        {
            switch (e)
            {
                case PositionAcknowledged kept:
                    Raise(acknowledged, kept.Group, kept.Place, kept.Offset);
                    break;
                case PositionSent sent when sent.Transaction is null || history.OutcomeOf(sent.Transaction) != Outcome.Aborted:
                    Raise(asked, sent.Group, sent.Place, sent.Offset);
                    break;
                case Assigned session:
                    assigned[(session.Session, session.Place)] = (session.Group, acknowledged.GetValueOrDefault((session.Group, session.Place)));
                    break;
                case Read read when assigned.Remove((read.Session, read.Place), out var known):
                    yield return (read, known.Acknowledged, asked.GetValueOrDefault((known.Group, read.Place)));
                    break;
            }
        }
    }

    private static void Raise(Dictionary<(string, Place), long> positions, string group, Place place, long offset) =>
        positions[(group, place)] = Math.Max(positions.GetValueOrDefault((group, place)), offset);
}
