using KillRounds.Histories;
using static KillRounds.Planted.Story;

namespace KillRounds.Planted;

public sealed class PollsTests
{
    [Fact]
    public void Finds_a_poll_that_goes_back() =>
        Written(("a", 0), ("b", 1)).Then(
                new Read("r", "s", P, 1, "b"),
                new Read("r", "s", P, 0, "a"))
            .Shows("poll went back or stood: r read numbers-0 offset 0 after 1");

    [Fact]
    public void Finds_a_poll_that_leaves_a_record_out() =>
        Written(("a", 0), ("b", 1), ("c", 2)).Then(
                new Read("r", "s", P, 0, "a"),
                new Read("r", "s", P, 2, "c"))
            .Shows("poll skipped: r went from numbers-0 offset 0 to 2 over 1");

    [Fact]
    public void Finds_a_reader_that_begins_behind_the_position_it_chose() =>
        Written(("a", 0), ("b", 1), ("c", 2)).Then(
                new Positioned("r", "s", P, 1),
                new Read("r", "s", P, 2, "c"))
            .Shows("poll skipped: r went from numbers-0 offset 0 to 2 over 1");

    [Fact]
    public void Finds_a_reader_that_begins_before_the_position_it_chose() =>
        Written(("a", 0), ("b", 1)).Then(
                new Positioned("r", "s", P, 1),
                new Read("r", "s", P, 0, "a"))
            .Shows("poll went back or stood: r read numbers-0 offset 0 after 0");

    [Fact]
    public void Accepts_holes_where_nothing_is() =>
        Written(("a", 0), ("b", 7)).Then(
                new Read("r", "s", P, 0, "a"),
                new Read("r", "s", P, 7, "b"))
            .Shows();

    [Fact]
    public void Misses_aborted_records_only_where_everything_was_asked_for() =>
        InTransaction(Outcome.Aborted, "a", "b", "c").EndsCommitted().Then(
                new Read("r", "s", P, 0, "a", IsUncommitted: true),
                new Read("r", "s", P, 2, "c", IsUncommitted: true))
            .Shows("poll skipped: r went from numbers-0 offset 0 to 2 over 1");

    [Fact]
    public void Finds_a_record_that_no_member_of_a_group_was_given() =>
        Written(("a", 0), ("b", 1)).Then(
                new Assigned("r", "s", P, "g"),
                new Read("r", "s", P, 0, "a"),
                new Assigned("q", "s2", P, "h"),
                new Read("q", "s2", P, 0, "a"),
                new Read("q", "s2", P, 1, "b"))
            .Shows("unread: b at numbers-0 offset 1 by g");
}
