using KillRounds.Checking;
using KillRounds.Histories;
using static KillRounds.Planted.Story;

namespace KillRounds.Planted;

public sealed class RecordsTests
{
    [Fact]
    public void Finds_nothing_in_a_sound_history() =>
        Written(("a", 0), ("b", 1)).Then(
                new Sent("w", Q, "c", "t1"),
                new Acknowledged("w", Q, "c", 0),
                new CommitAsked("t1"),
                new TransactionEnded("t1", Outcome.Committed),
                new Assigned("r", "s1", P, "g"),
                new Read("r", "s1", P, 0, "a"),
                new Read("r", "s1", P, 1, "b"),
                new PositionSent("g", P, 2),
                new PositionAcknowledged("g", P, 2),
                new LookBegun(),
                new PositionSeen("g", P, 2),
                new BoundsSeen(P, 0, 2))
            .Ends(At(P, 0, "a"), At(P, 1, "b"), At(Q, 0, "c"))
            .Shows();

    [Fact]
    public void Finds_a_lost_record() =>
        Written(("a", 0), ("b", 1)).Ends(At(P, 0, "a")).Shows("lost: b of w, acknowledged at numbers-0 offset 1");

    [Fact]
    public void Misses_nothing_below_the_start_of_a_trimmed_log_but_what_is_above_it() =>
        Written(("a", 0), ("b", 1), ("c", 2)).Keeps(P, Keeping.UntilTrimmed)
            .Then(new TrimSent(P, 1), new LookBegun(), new BoundsSeen(P, 1, 3))
            .Ends(At(P, 1, "b"))
            .Shows("lost: c of w, acknowledged at numbers-0 offset 2");

    [Fact]
    public void Finds_a_committed_transaction_that_is_gone() =>
        InTransaction(Outcome.Committed, "a").EndsCommitted().Shows("lost: a of w, committed to numbers-0");

    [Fact]
    public void Misses_nothing_of_a_transaction_that_was_aborted() => InTransaction(Outcome.Aborted, "a").EndsCommitted().Shows();

    [Fact]
    public void Misses_nothing_of_a_transaction_that_may_have_gone_either_way()
    {
        InTransaction(Outcome.Unknown, "a").EndsCommitted().Shows();
        InTransaction(Outcome.Unknown, "a").Shows();
    }

    [Fact]
    public void Finds_a_record_that_was_read_and_is_gone_although_nobody_was_promised_it() =>
        Of(new Sent("w", P, "a"), new Read("r", "s", P, 0, "a")).Shows("read but gone: a read by r at numbers-0 offset 0");

    [Fact]
    public void Finds_a_record_of_an_open_transaction_that_was_read_as_such_and_is_gone() =>
        Of(new Sent("w", P, "a", "t"), new Read("r", "s", P, 0, "a", IsUncommitted: true)).Shows("read but gone: a read by r at numbers-0 offset 0");

    [Fact]
    public void Finds_a_record_stored_twice() =>
        Written(("a", 0)).Ends(At(P, 0, "a"), At(P, 1, "a")).Shows("duplicated: a at numbers-0 offset 0, numbers-0 offset 1");

    [Fact]
    public void Finds_a_record_that_nobody_sent() =>
        Assert.Contains("never sent: x read by end at numbers-0 offset 1", Checker.Anomalies(Written(("a", 0)).Ends(At(P, 0, "a"), At(P, 1, "x"))));

    [Fact]
    public void Finds_a_record_in_another_partition_than_it_was_sent_to() =>
        Assert.Contains("never sent: a read by end at numbers-1 offset 0", Checker.Anomalies(Of(new Sent("w", P, "a")).Ends(At(Q, 0, "a"))));

    [Fact]
    public void Finds_a_record_that_had_to_be_refused() =>
        Of(new Unacceptable("w", P, "x")).Ends(At(P, 0, "x")).EndsCommitted()
            .Shows("unacceptable but there: x read by end at numbers-0 offset 0");

    [Fact]
    public void Finds_records_in_another_order_than_sent() =>
        Written(("a", 1), ("b", 0)).Shows("reordered: w sent a before b, but numbers-0 has them at 1 and 0");

    [Fact]
    public void Finds_an_offset_given_out_twice() =>
        Assert.Contains(
            "offset with two values: numbers-0 offset 1: a, b",
            Checker.Anomalies(Written(("a", 0), ("b", 1)).Then(new Read("r", "s", P, 1, "a"))));

    [Fact]
    public void Finds_a_record_that_only_readers_of_committed_records_see() =>
        Assert.Contains(
            "views differ: a at numbers-0 offset 0 shows only when committed records are asked for",
            Checker.Anomalies(Of(new Sent("w", P, "a")).EndsCommitted(At(P, 0, "a"))));

    [Fact]
    public void Finds_a_record_that_stays_behind_a_transaction_that_never_ends() =>
        Of(new Sent("w", P, "a")).Ends(At(P, 0, "a")).EndsCommitted()
            .Shows("views differ: a at numbers-0 offset 0 is of no transaction and does not show when committed records are asked for");
}
