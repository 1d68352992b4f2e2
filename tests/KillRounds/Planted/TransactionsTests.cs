using KillRounds.Checking;
using KillRounds.Histories;
using static KillRounds.Planted.Story;

namespace KillRounds.Planted;

public sealed class TransactionsTests
{
    [Fact]
    public void Finds_what_was_read_of_an_aborted_transaction() =>
        Assert.Contains(
            "aborted but read: a read by r at numbers-0 offset 0",
            Checker.Anomalies(InTransaction(Outcome.Aborted, "a").EndsCommitted().Then(new Read("r", "s", P, 0, "a"))));

    [Fact]
    public void Finds_an_aborted_transaction_in_the_final_read() =>
        InTransaction(Outcome.Aborted, "a").Shows("aborted but read: a read by end at numbers-0 offset 0");

    [Fact]
    public void Lets_those_read_aborted_transactions_who_ask_for_everything() =>
        InTransaction(Outcome.Aborted, "a").EndsCommitted().Then(new Read("r", "s", P, 0, "a", IsUncommitted: true)).Shows();

    [Fact]
    public void Finds_a_read_before_the_commit_was_asked_for() =>
        Of(
                new Sent("w", P, "a", "t"),
                new Read("r", "s", P, 0, "a"),
                new CommitAsked("t"),
                new TransactionEnded("t", Outcome.Committed))
            .Ends(At(P, 0, "a"))
            .Shows("read before commit: a read by r at numbers-0 offset 0 while t was open");

    [Theory]
    [InlineData(Outcome.Unknown)]
    [InlineData(Outcome.Committed)]
    public void Finds_half_a_transaction_also_when_its_outcome_is_unknown(Outcome outcome) =>
        Assert.Contains("torn transaction: t: has a, lacks b", Checker.Anomalies(InTransaction(outcome, "a", "b").EndsCommitted(At(P, 0, "a"))));

    [Theory]
    [InlineData(Outcome.Unknown)]
    [InlineData(Outcome.Committed)]
    public void Finds_a_transaction_of_which_one_partition_of_two_has_nothing(Outcome outcome) =>
        Assert.Contains(
            "torn transaction: t: has a, lacks b",
            Checker.Anomalies(InTransaction(outcome, "a").Then(new Sent("w", Q, "b", "t"))));

    [Fact]
    public void Takes_a_transaction_for_whole_of_which_compaction_took_a_record()
    {
        var latest = new Place("latest", 0);
        Of(
                new Sent("w", P, "a", "t"),
                new Sent("w", latest, "b", "t", "k"),
                new Sent("w", latest, "c", Key: "k"),
                new CommitAsked("t"),
                new TransactionEnded("t", Outcome.Committed))
            .Keeps(latest, Keeping.LatestOfKey)
            .Ends(At(P, 0, "a"), At(latest, 3, "c"))
            .Shows();
    }
}
