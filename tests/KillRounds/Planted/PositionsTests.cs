using KillRounds.Checking;
using KillRounds.Histories;
using static KillRounds.Planted.Story;

namespace KillRounds.Planted;

public sealed class PositionsTests
{
    [Fact]
    public void Finds_a_position_that_was_kept_and_is_gone() =>
        Written(("a", 0), ("b", 1)).Then(
                new PositionSent("g", P, 1),
                new PositionAcknowledged("g", P, 1),
                new Assigned("r", "s", P, "g"),
                new Read("r", "s", P, 0, "a"),
                new Read("r", "s", P, 1, "b"))
            .Shows("position lost: r began numbers-0 at 0, although 1 was acknowledged");

    [Fact]
    public void Keeps_groups_apart() =>
        Written(("a", 0)).Then(
                new PositionSent("g", P, 1),
                new PositionAcknowledged("g", P, 1),
                new Assigned("r", "s", P, "h"),
                new Read("r", "s", P, 0, "a"))
            .Shows();

    [Fact]
    public void Finds_a_position_nobody_asked_for() =>
        AssertAhead(Written(("a", 0), ("b", 1)).Then(
            new Assigned("r", "s", P, "g"),
            new Read("r", "s", P, 1, "b")));

    [Fact]
    public void Finds_a_position_of_a_transaction_that_was_aborted() =>
        AssertAhead(Written(("a", 0), ("b", 1)).Then(
            new PositionSent("g", P, 1, "t"),
            new TransactionEnded("t", Outcome.Aborted),
            new Assigned("r", "s", P, "g"),
            new Read("r", "s", P, 1, "b")));

    private static void AssertAhead(History history) =>
        Assert.Contains("position ahead: r began numbers-0 at 1, although nobody asked for more than 0", Checker.Anomalies(history));
}
