using Broker.Tests.Groups.Support;

namespace Broker.Tests.Groups;

public sealed class RebalanceTimeoutTests
{
    [Fact]
    public void a_member_that_is_not_heard_of_is_dropped_and_the_others_go_on()
    {
        using var group = TwoMembers();
        group.Pass(6).Heartbeat("a").Pass(4).Heartbeat("a").Join("a").Sync("a", "a=p0,p1").Show().Expect(TwoMembersTrace + """
            6 s pass
            a beats
              a: None
            4 s pass
            a beats
              a: RebalanceInProgress
            a joins
              a: leads of a in generation 3 by range
            a syncs a=p0,p1
              stored generation 3: a=p0,p1
              a: assigned p0,p1
            Stable generation 3 consumer/range leader a: a=p0,p1;
            """);
    }

    [Fact]
    public void the_rebalance_timeout_leaves_behind_who_beats_but_does_not_rejoin()
    {
        using var group = TwoMembers();
        group.Join("c", version: 3).Join("b").Pass(9).Heartbeat("a").Pass(9).Heartbeat("a").Pass(9).Heartbeat("a").Pass(9).Heartbeat("a")
            .Pass(9).Heartbeat("a").Pass(9).Heartbeat("a").Pass(6).Heartbeat("a").Expect(TwoMembersTrace + """
            c joins
            b joins
            9 s pass
            a beats
              a: RebalanceInProgress
            9 s pass
            a beats
              a: RebalanceInProgress
            9 s pass
            a beats
              a: RebalanceInProgress
            9 s pass
            a beats
              a: RebalanceInProgress
            9 s pass
            a beats
              a: RebalanceInProgress
            9 s pass
            a beats
              a: RebalanceInProgress
            6 s pass
              after 6 s, c: follows in generation 3 by range
              after 6 s, b: leads of b c in generation 3 by range
            a beats
              a: UnknownMemberId
            """);
    }

    [Fact]
    public void a_leader_that_never_brings_the_assignment_is_dropped_and_the_rest_starts_over()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3, sessionSeconds: 100).Join("b", version: 3, sessionSeconds: 100).Join("a", sessionSeconds: 100)
            .Sync("b").Pass(60).Join("b").Sync("a").Expect("""
            a joins
              a: leads of a in generation 1 by range
            b joins
            a joins
              b: follows in generation 2 by range
              a: leads of a b in generation 2 by range
            b syncs
            60 s pass
              after 60 s, b: RebalanceInProgress
            b joins
              b: leads of b in generation 3 by range
            a syncs
              a: UnknownMemberId
            """);
    }

    [Fact]
    public void the_last_member_to_fail_leaves_an_empty_group()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Sync("a", "a=p0").Pass(10).Heartbeat("a").Sync("a").Show().Expect("""
            a joins
              a: leads of a in generation 1 by range
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            10 s pass
              after 10 s, stored generation 2, empty
            a beats
              a: UnknownMemberId
            a syncs
              a: UnknownMemberId
            Empty generation 2 consumer/ leader none:;
            """);
    }

    [Fact]
    public void a_new_joiner_that_is_never_answered_is_given_up_after_five_minutes()
    {
        using var group = new GroupScenario(GroupScenario.Settings with { InitialRebalanceDelay = TimeSpan.FromMinutes(20) });
        group.Join("a", version: 3, rebalanceSeconds: 1200).Pass(300).Show().Expect("""
            a joins
            300 s pass
              after 300 s, stored generation 1, empty
              after 300 s, a: UnknownMemberId
            Empty generation 1 consumer/ leader none:;
            """);
    }

    [Fact]
    public void an_id_nobody_came_back_with_leaves_no_group_behind()
    {
        using var group = new GroupScenario();
        group.Join("a").Show().Pass(10).Show().Expect("""
            a joins
              a: MemberIdRequired
            Empty generation 0 / leader none:;
            10 s pass
            no group
            """);
    }

    private const string TwoMembersTrace = """
        a joins
          a: leads of a in generation 1 by range
        b joins
        a joins
          b: follows in generation 2 by range
          a: leads of a b in generation 2 by range
        a syncs a=p0 b=p1
          stored generation 2: a=p0 b=p1
          a: assigned p0
        b syncs
          b: assigned p1

        """;

    private static GroupScenario TwoMembers() =>
        new GroupScenario().Join("a", version: 3).Join("b", version: 3).Join("a").Sync("a", "a=p0 b=p1").Sync("b");
}
