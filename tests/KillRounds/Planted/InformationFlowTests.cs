using KillRounds.Checking;
using KillRounds.Histories;
using static KillRounds.Planted.Story;

namespace KillRounds.Planted;

public sealed class InformationFlowTests
{
    [Fact]
    public void Finds_transactions_that_read_each_other() =>
        AssertCircle(
            Committed(("t1", P, "a"), ("t2", Q, "b")).Then(
                new Read("r1", "s1", Q, 0, "b", "t1"),
                new Read("r2", "s2", P, 0, "a", "t2"))
            .Ends(At(P, 0, "a"), At(Q, 0, "b")));

    [Fact]
    public void Finds_a_transaction_that_takes_over_a_position_from_one_that_reads_what_it_wrote()
    {
        var ring = new Place(RingTopic, 1);
        var history = Ring(2, "1:0:x", "2:0:x").Then(
            new Sent("w", ring, "2:1:t2", "t2"),
            new Read("r1", "s1", R, 0, "1:0:x", "t1"),
            new Read("r1", "s1", ring, 0, "2:1:t2", "t1"),
            new Read("r2", "s2", R, 1, "2:0:x", "t2"),
            new CommitAsked("t1"),
            new CommitAsked("t2"),
            new TransactionEnded("t1", Outcome.Committed),
            new TransactionEnded("t2", Outcome.Committed));

        AssertCircle(history);
    }

    [Fact]
    public void Finds_a_client_that_reads_what_it_will_write_in_its_next_transaction() =>
        AssertCircle(
            Committed(("t1", P, "a"), ("t2", Q, "b")).Then(
                new Read("r", "s", Q, 0, "b", "t1"),
                new Read("r", "s", P, 0, "a", "t2"))
            .Ends(At(P, 0, "a"), At(Q, 0, "b")));

    [Fact]
    public void Accepts_transactions_that_wrote_around_each_other()
    {
        var history = Committed(("t1", P, "a"), ("t2", P, "b"), ("t2", Q, "c"), ("t1", Q, "d"))
            .Ends(At(P, 0, "a"), At(P, 1, "b"), At(Q, 0, "c"), At(Q, 1, "d"));

        Assert.DoesNotContain(Checker.Anomalies(history), IsCircle);
    }

    private static History Committed(params (string Transaction, Place Place, string Value)[] sends)
    {
        var history = new History();
        foreach (var (transaction, place, value) in sends)
            history.Add(new Sent("w", place, value, transaction));
        foreach (var transaction in sends.Select(s => s.Transaction).Distinct())
            history.Then(new CommitAsked(transaction), new TransactionEnded(transaction, Outcome.Committed));
        return history;
    }

    private static void AssertCircle(History history)
    {
        var circle = Assert.Single(Checker.Anomalies(history), IsCircle);
        Assert.Contains("t1 after t2", circle);
        Assert.Contains("t2 after t1", circle);
    }

    private static bool IsCircle(string anomaly) => anomaly.StartsWith("circular flow: ", StringComparison.Ordinal);
}
