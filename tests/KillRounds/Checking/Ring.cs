using System.Globalization;
using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>
/// Tokens go round the partitions of a ring; each hop is a transaction that consumes the token, produces it again with the next number and
/// keeps the position behind it. Exactly once means that the committed log has every hop of every token from 0 up, once, and that a
/// token's next hop is there exactly if the group's position is behind it.
/// </summary>
internal static class Ring
{
    public static string Value(int token, int hop, string attempt) => string.Create(CultureInfo.InvariantCulture, $"{token}:{hop}:{attempt}");

    public static (int Token, int Hop) Parse(string value)
    {
        var parts = value.Split(':', 3);
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public static IEnumerable<string> Broken(History history) =>
        from token in Hops(history).GroupBy(h => (h.Read.Place.Topic, h.Token))
        let hops = token.Select(h => h.Hop).Order().ToArray()
        from hop in hops.Index()
        where hop.Item != hop.Index
        select $"token {token.Key.Token} of {token.Key.Topic}: hop {hop.Item} where {hop.Index} was due";

    /// <summary>An input that counts as consumed and has no output, or has one and does not count as consumed.</summary>
    public static IEnumerable<string> NotReflected(History history)
    {
        var positions = history.Of<PositionSeen>().GroupBy(p => (p.Group, p.Place)).ToDictionary(g => g.Key, g => g.Last().Offset);
        var hops = Hops(history).Select(h => (h.Read.Place.Topic, h.Token, h.Hop)).ToHashSet();
        foreach (var (read, token, hop) in Hops(history))
        {
            var position = positions.GetValueOrDefault((history.RingGroups[read.Place.Topic], read.Place));
            var isConsumed = read.Offset < position;
            if (isConsumed != hops.Contains((read.Place.Topic, token, hop + 1)))
                yield return $"{read.Value} at {read.Place} offset {read.Offset}: the group is at {position}, and hop {hop + 1} {(isConsumed ? "is missing" : "is there")}";
        }
    }

    private static IEnumerable<(Read Read, int Token, int Hop)> Hops(History history) =>
        from read in history.CommittedLog
        where history.RingGroups.ContainsKey(read.Place.Topic)
        let hop = Parse(read.Value)
        select (read, hop.Token, hop.Hop);
}
