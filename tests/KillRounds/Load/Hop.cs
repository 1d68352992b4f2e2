using System.Globalization;
using KillRounds.Checking;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>One record of those that take a token on by one hop.</summary>
/// <param name="Key">On the compacted topic; null elsewhere.</param>
internal sealed record Hop(Place Place, string? Key, string Value)
{
    /// <summary>
    /// The token itself, to the next partition of its ring, and beside it a record in the journal that both rings share. In the second
    /// ring also the token's last hop on the compacted topic.
    /// </summary>
    /// <param name="token">As it was read.</param>
    /// <param name="from">Where.</param>
    /// <param name="attempt">Of its own for each token of each transaction, also when one gets the same token twice.</param>
    /// <param name="topics">Of the stretch.</param>
    public static IEnumerable<Hop> Of(string token, Place from, string attempt, Topics topics)
    {
        var (number, hop) = Ring.Parse(token);
        var value = Ring.Value(number, hop + 1, attempt);
        yield return new Hop(topics.RingPlace(from.Topic, from.Partition + 1), null, value);
        yield return new Hop(topics.JournalPlace(number + hop), null, $"journal {from.Topic} {value}");
        if (from.Topic == topics.SecondRing)
            yield return new Hop(topics.LatestPlace(number), string.Create(CultureInfo.InvariantCulture, $"token {number}"), $"latest {value}");
    }
}
