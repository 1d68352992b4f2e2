using KillRounds.Checking;
using KillRounds.Histories;

namespace KillRounds;

/// <summary>Each anomaly planted once: a checker that finds nothing has to be one that can find something.</summary>
public sealed class CheckerTests
{
    private static readonly Place P = new("numbers", 0);
    private static readonly Place Q = new("numbers", 1);

    [Fact]
    public void Finds_nothing_in_a_sound_history()
    {
        var history = Written(("a", 0), ("b", 1));
        history.Add(new Sent("w", Q, "c", "t1"));
        history.Add(new Acknowledged("w", Q, "c", 0));
        history.Add(new TransactionEnded("t1", Outcome.Committed));
        history.CommittedLog = history.Log = [.. history.Log, At(Q, 0, "c")];
        history.Add(new Assigned("r", "s1", P));
        history.Add(new Read("r", "s1", P, 0, "a"));
        history.Add(new Read("r", "s1", P, 1, "b"));
        history.Add(new CommitSent("g", P, 2));
        history.Add(new CommitAcknowledged("g", P, 2));

        Assert.Empty(Checker.Anomalies(history));
    }

    [Fact]
    public void Finds_a_lost_record()
    {
        var history = Written(("a", 0), ("b", 1));
        history.CommittedLog = history.Log = [At(P, 0, "a")];

        Assert.Equal(["lost: b of w, acknowledged at numbers-0 offset 1"], Checker.Anomalies(history));
    }

    [Fact]
    public void Finds_a_committed_transaction_that_is_gone()
    {
        var history = InTransaction(Outcome.Committed, "a");
        history.CommittedLog = [];

        Assert.Equal(["lost: a of w, acknowledged at numbers-0 offset 0"], Checker.Anomalies(history));
    }

    [Fact]
    public void Misses_nothing_of_a_transaction_that_was_aborted()
    {
        var history = InTransaction(Outcome.Aborted, "a");
        history.CommittedLog = [];

        Assert.Empty(Checker.Anomalies(history));
    }

    [Fact]
    public void Finds_a_record_stored_twice()
    {
        var history = Written(("a", 0));
        history.CommittedLog = history.Log = [At(P, 0, "a"), At(P, 1, "a")];

        Assert.StartsWith("duplicated: a at", Assert.Single(Checker.Anomalies(history)));
    }

    [Fact]
    public void Finds_a_record_that_nobody_sent()
    {
        var history = Written(("a", 0));
        history.CommittedLog = history.Log = [At(P, 0, "a"), At(P, 1, "x")];

        Assert.StartsWith("never sent: x", Assert.Single(Checker.Anomalies(history)));
    }

    [Fact]
    public void Finds_records_in_another_order_than_sent() =>
        Assert.StartsWith("reordered: w sent a before b", Assert.Single(Checker.Anomalies(Written(("a", 1), ("b", 0)))));

    [Fact]
    public void Finds_an_offset_given_out_twice()
    {
        var history = Written(("a", 0), ("b", 1));
        history.Add(new Read("r", "s", P, 1, "a"));

        Assert.Contains("offset with two values: numbers-0 offset 1: a, b", Checker.Anomalies(history));
    }

    [Fact]
    public void Finds_what_was_read_of_an_aborted_transaction()
    {
        var history = InTransaction(Outcome.Aborted, "a");
        history.CommittedLog = [];
        history.Add(new Read("r", "s", P, 0, "a"));

        Assert.Equal(["aborted but read: a read by r at numbers-0 offset 0"], Checker.Anomalies(history));
    }

    [Fact]
    public void Finds_half_a_transaction_also_when_its_outcome_is_unknown()
    {
        var history = InTransaction(Outcome.Unknown, "a", "b");
        history.CommittedLog = [At(P, 0, "a")];

        Assert.Equal(["torn transaction: t: has a, lacks b"], Checker.Anomalies(history));
    }

    [Fact]
    public void Finds_transactions_that_read_each_other()
    {
        var history = new History();
        foreach (var (mine, place, value) in new[] { ("t1", P, "a"), ("t2", Q, "b") })
        {
            history.Add(new Sent("w", place, value, mine));
            history.Add(new TransactionEnded(mine, Outcome.Committed));
        }

        history.Add(new Read("r1", "s1", Q, 0, "b", "t1"));
        history.Add(new Read("r2", "s2", P, 0, "a", "t2"));
        history.CommittedLog = history.Log = [At(P, 0, "a"), At(Q, 0, "b")];

        Assert.Equal(2, Checker.Anomalies(history).Count(a => a.StartsWith("circular flow: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Finds_a_poll_that_goes_back()
    {
        var history = Written(("a", 0), ("b", 1));
        history.Add(new Read("r", "s", P, 1, "b"));
        history.Add(new Read("r", "s", P, 0, "a"));

        Assert.Equal(["poll went back or stood: r read numbers-0 offset 0 after 1"], Checker.Anomalies(history));
    }

    [Fact]
    public void Finds_a_poll_that_leaves_a_record_out()
    {
        var history = Written(("a", 0), ("b", 1), ("c", 2));
        history.Add(new Read("r", "s", P, 0, "a"));
        history.Add(new Read("r", "s", P, 2, "c"));

        Assert.Equal(["poll skipped: r went from numbers-0 offset 0 to 2 over 1"], Checker.Anomalies(history));
    }

    [Fact]
    public void Finds_a_record_that_no_member_of_a_group_was_given()
    {
        var history = Written(("a", 0), ("b", 1));
        history.Add(new Assigned("r", "s", P));
        history.Add(new Read("r", "s", P, 0, "a"));
        history.Add(new Read("tail", "tail", P, 1, "b"));

        Assert.Equal(["unread: b at numbers-0 offset 1"], Checker.Anomalies(history));
    }

    [Fact]
    public void Finds_a_position_that_was_kept_and_is_gone()
    {
        var history = Written(("a", 0), ("b", 1));
        history.Add(new CommitSent("g", P, 1));
        history.Add(new CommitAcknowledged("g", P, 1));
        history.Add(new Assigned("r", "s", P));
        history.Add(new Read("r", "s", P, 0, "a"));
        history.Add(new Read("r", "s", P, 1, "b"));

        Assert.Equal(["position lost: r began numbers-0 at 0, although 1 was acknowledged"], Checker.Anomalies(history));
    }

    [Fact]
    public void Finds_a_position_nobody_asked_for()
    {
        var history = Written(("a", 0), ("b", 1));
        history.Add(new Assigned("r", "s", P));
        history.Add(new Read("r", "s", P, 1, "b"));

        Assert.Contains("position ahead: r began numbers-0 at 1, although nobody asked for more than 0", Checker.Anomalies(history));
    }

    [Fact]
    public void Finds_a_token_that_made_a_hop_twice()
    {
        var ring = new Place("ring", 0);
        var history = new History();
        var log = new List<Read>();
        foreach (var (value, offset) in new[] { ("7:0:x", 0), ("7:1:x", 1), ("7:1:y", 2) })
        {
            history.Add(new Sent("w", ring, value));
            log.Add(At(ring, offset, value));
        }

        history.CommittedLog = history.Log = log;

        Assert.Equal(["token not exactly once: token 7: hop 1 where 2 was due"], Checker.Anomalies(history));
    }

    private static Read At(Place place, long offset, string value) => new("end", "end", place, offset, value);

    /// <summary>Sent in the order given, acknowledged at the offsets given, and there.</summary>
    private static History Written(params (string Value, long Offset)[] records)
    {
        var history = new History();
        foreach (var (value, offset) in records)
        {
            history.Add(new Sent("w", P, value));
            history.Add(new Acknowledged("w", P, value, offset));
        }

        history.CommittedLog = history.Log = [.. records.OrderBy(r => r.Offset).Select(r => At(P, r.Offset, r.Value))];
        return history;
    }

    private static History InTransaction(Outcome outcome, params string[] values)
    {
        var history = new History();
        foreach (var (offset, value) in values.Index())
        {
            history.Add(new Sent("w", P, value, "t"));
            history.Add(new Acknowledged("w", P, value, offset));
        }

        history.Add(new TransactionEnded("t", outcome));
        history.Log = [.. values.Index().Select(v => At(P, v.Index, v.Item))];
        history.CommittedLog = history.Log;
        return history;
    }
}
