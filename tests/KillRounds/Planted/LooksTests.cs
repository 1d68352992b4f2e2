using KillRounds.Histories;
using static KillRounds.Planted.Story;

namespace KillRounds.Planted;

public sealed class LooksTests
{
    [Fact]
    public void Finds_a_position_that_went_back() =>
        Of(new LookBegun(), new PositionSeen("g", P, 2), new BoundsSeen(P, 0, 2), new LookBegun(), new PositionSeen("g", P, 1))
            .Shows("went back: g is at numbers-0 offset 1, although it was at 2");

    [Fact]
    public void Finds_a_position_that_was_acknowledged_and_does_not_show() =>
        Of(new PositionAcknowledged("g", P, 2), new LookBegun(), new PositionSeen("g", P, 1))
            .Shows("went back: g is at numbers-0 offset 1, although it was at 2");

    [Fact]
    public void Accepts_a_position_that_was_acknowledged_while_it_looked() =>
        Of(new LookBegun(), new PositionAcknowledged("g", P, 2), new PositionSeen("g", P, 1)).Shows();

    [Fact]
    public void Finds_a_log_whose_beginning_went_back() =>
        Of(new TrimSent(P, 5), new TrimAcknowledged(P, 5), new LookBegun(), new BoundsSeen(P, 4, 9))
            .Shows("went back: numbers-0 begins at 4, although it began at 5");

    [Fact]
    public void Finds_a_log_whose_end_went_back() =>
        Of(new LookBegun(), new BoundsSeen(P, 0, 9), new LookBegun(), new BoundsSeen(P, 0, 8))
            .Shows("went back: numbers-0 ends at 8, although it ended at 9");

    [Fact]
    public void Finds_a_log_that_ends_before_what_was_acknowledged() =>
        Written(("a", 7)).Then(new LookBegun(), new BoundsSeen(P, 0, 7))
            .Shows("went back: numbers-0 ends at 7, although it ended at 8");

    [Fact]
    public void Finds_a_position_behind_the_end() =>
        Of(new LookBegun(), new PositionSeen("g", P, 3), new BoundsSeen(P, 0, 2))
            .Shows("beyond the end: g is at numbers-0 offset 3, although it ends at 2");

    [Fact]
    public void Finds_a_beginning_behind_the_end() =>
        Of(new TrimSent(P, 3), new LookBegun(), new BoundsSeen(P, 3, 2)).Shows("beyond the end: numbers-0 begins at 3 and ends at 2");

    [Fact]
    public void Finds_a_log_that_begins_where_nobody_asked_for() =>
        Of(new TrimSent(P, 1), new LookBegun(), new BoundsSeen(P, 2, 5))
            .Shows("start beyond what was asked: numbers-0 begins at 2, although nobody asked for more than 1");

    [Fact]
    public void Lets_retention_choose_where_a_log_begins() =>
        Of(new LookBegun(), new BoundsSeen(P, 2, 5)).Keeps(P, Keeping.Newest).Shows();
}
