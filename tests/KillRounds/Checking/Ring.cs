using System.Globalization;
using KillRounds.Histories;

namespace KillRounds.Checking;

/// <summary>
/// Tokens go round the partitions of the ring; each hop is one transaction that consumes the token and produces it again with the
/// next number. Exactly once means that the committed log has every hop of every token from 0 up, once.
/// </summary>
internal static class Ring
{
    public const string Topic = "ring";

    public static string Value(int token, int hop, string attempt) => string.Create(CultureInfo.InvariantCulture, $"{token}:{hop}:{attempt}");

    public static (int Token, int Hop) Parse(string value)
    {
        var parts = value.Split(':', 3);
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public static IEnumerable<string> Broken(History history) =>
        from token in history.CommittedLog.Where(r => r.Place.Topic == Topic).Select(r => Parse(r.Value)).GroupBy(h => h.Token)
        let hops = token.Select(h => h.Hop).Order().ToArray()
        from hop in hops.Index()
        where hop.Item != hop.Index
        select $"token {token.Key}: hop {hop.Item} where {hop.Index} was due";
}
