using KillRounds.Histories;
using static KillRounds.Planted.Story;

namespace KillRounds.Planted;

public sealed class KeysTests
{
    private static readonly Place K = new("latest", 0);

    [Fact]
    public void Misses_nothing_that_a_later_record_of_the_key_replaced() => Key("a", "b", "c").Ends(At(K, 2, "c")).Shows();

    [Fact]
    public void Accepts_a_later_record_than_the_last_acknowledged_one() =>
        Key("a").Then(new Sent("w", K, "b", Key: "k")).Ends(At(K, 1, "b")).Shows();

    [Fact]
    public void Finds_a_key_whose_last_acknowledged_record_is_gone() =>
        Key("a", "b").Ends(At(K, 0, "a")).Shows("key went back: k in latest-0 is a, although b was stored");

    [Fact]
    public void Finds_a_key_that_is_gone() => Key("a", "b").Ends().Shows("key went back: k in latest-0 is gone, although b was stored");

    [Fact]
    public void Misses_nothing_behind_a_tombstone() => Key("a").Then(Tombstone()).Ends().Shows();

    [Fact]
    public void Finds_a_key_that_comes_back_from_behind_its_tombstone() =>
        Key("a").Then(Tombstone()).Ends(At(K, 0, "a")).Shows("key went back: k in latest-0 is a, although x was stored");

    [Fact]
    public void Does_not_count_what_was_aborted() =>
        Key("a").Then(new Sent("w", K, "b", "t", "k"), new TransactionEnded("t", Outcome.Aborted)).Ends(At(K, 0, "a")).Shows();

    [Fact]
    public void Finds_a_key_that_went_back_behind_a_committed_transaction() =>
        Key("a").Then(new Sent("w", K, "b", "t", "k"), new TransactionEnded("t", Outcome.Committed)).Ends(At(K, 0, "a"))
            .Shows("key went back: k in latest-0 is a, although b was stored");

    private static History Key(params string[] values)
    {
        var history = new History().Keeps(K, Keeping.LatestOfKey);
        foreach (var (offset, value) in values.Index())
            history.Then(new Sent("w", K, value, Key: "k"), new Acknowledged("w", K, value, offset));
        return history;
    }

    private static Event[] Tombstone() => [new Sent("w", K, "x", Key: "k", IsTombstone: true), new Acknowledged("w", K, "x", 1)];
}
