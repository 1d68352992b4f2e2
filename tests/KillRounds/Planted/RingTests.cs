using KillRounds.Checking;
using static KillRounds.Planted.Story;

namespace KillRounds.Planted;

public sealed class RingTests
{
    [Fact]
    public void Finds_nothing_where_each_hop_was_made_once() => Ring(2, "7:0:x", "7:1:x", "7:2:x").Shows();

    [Fact]
    public void Finds_a_token_that_made_a_hop_twice() =>
        Ring(1, "7:0:x", "7:1:x", "7:1:y").Shows("token not exactly once: token 7 of ring: hop 1 where 2 was due");

    [Fact]
    public void Finds_a_token_that_left_a_hop_out() =>
        Assert.Contains("token not exactly once: token 7 of ring: hop 2 where 1 was due", Checker.Anomalies(Ring(1, "7:0:x", "7:2:x")));

    [Fact]
    public void Finds_an_input_that_was_consumed_and_has_no_output() =>
        Ring(2, "7:0:x", "7:1:x")
            .Shows("input not reflected once: 7:1:x at ring-0 offset 1: the group is at 2, and hop 2 is missing");

    [Fact]
    public void Finds_an_output_whose_input_was_not_consumed() =>
        Ring(0, "7:0:x", "7:1:x")
            .Shows("input not reflected once: 7:0:x at ring-0 offset 0: the group is at 0, and hop 1 is there");
}
