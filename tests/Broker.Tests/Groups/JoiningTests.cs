using Broker.Tests.Groups.Support;

namespace Broker.Tests.Groups;

public sealed class JoiningTests
{
    [Fact]
    public void a_new_member_is_told_its_id_first_and_leads_an_empty_group()
    {
        using var group = new GroupScenario();
        group.Join("a").Join("a").Sync("a", "a=p0").Heartbeat("a").Show().Expect("""
            a joins
              a: MemberIdRequired
            a joins
              a: leads of a in generation 1 by range
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            a beats
              a: None
            Stable generation 1 consumer/range leader a: a=p0;
            """);
    }

    [Fact]
    public void a_client_of_version_3_joins_at_once()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Expect("""
            a joins
              a: leads of a in generation 1 by range
            """);
    }

    [Fact]
    public void a_second_member_makes_the_first_rejoin_and_both_get_a_part()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Sync("a", "a=p0,p1")
            .Join("b", version: 3)
            .Heartbeat("a").Join("a")
            .Sync("b").Sync("a", "a=p0 b=p1")
            .Heartbeat("a").Heartbeat("b")
            .Expect("""
            a joins
              a: leads of a in generation 1 by range
            a syncs a=p0,p1
              stored generation 1: a=p0,p1
              a: assigned p0,p1
            b joins
            a beats
              a: RebalanceInProgress
            a joins
              b: follows in generation 2 by range
              a: leads of a b in generation 2 by range
            b syncs
            a syncs a=p0 b=p1
              stored generation 2: a=p0 b=p1
              b: assigned p1
              a: assigned p0
            a beats
              a: None
            b beats
              b: None
            """);
    }

    [Fact]
    public void an_id_handed_out_holds_up_the_rebalance_until_its_session_ends()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Sync("a", "a=p0")
            .Join("b")
            .Join("a")
            .Pass(10)
            .Expect("""
            a joins
              a: leads of a in generation 1 by range
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            b joins
              b: MemberIdRequired
            a joins
            10 s pass
              after 10 s, a: leads of a in generation 2 by range
            """);
    }

    [Fact]
    public void an_empty_group_waits_for_more_members_again_each_time_one_came()
    {
        using var group = new GroupScenario(GroupScenario.Settings with { InitialRebalanceDelay = TimeSpan.FromSeconds(3) });
        group.Join("a", version: 3, rebalanceSeconds: 7).Pass(2).Join("b", version: 3, rebalanceSeconds: 7).Pass(3).Join("c", version: 3, rebalanceSeconds: 7).Pass(3)
            .Expect("""
            a joins
            2 s pass
            b joins
            3 s pass
            c joins
            3 s pass
              after 2 s, a: leads of a b c in generation 1 by range
              after 2 s, b: follows in generation 1 by range
              after 2 s, c: follows in generation 1 by range
            """);
    }

    [Fact]
    public void the_protocol_is_the_one_most_members_like_best_among_those_all_know()
    {
        using var group = new GroupScenario(GroupScenario.Settings with { InitialRebalanceDelay = TimeSpan.FromSeconds(3) });
        group.Join("a", version: 3, protocols: "sticky,range,roundrobin")
            .Join("b", version: 3, protocols: "roundrobin,range")
            .Join("c", version: 3, protocols: "range,roundrobin")
            .Join("d", version: 3, protocols: "sticky")
            .Pass(6)
            .Expect("""
            a joins
            b joins
            c joins
            d joins
              d: InconsistentGroupProtocol
            6 s pass
              after 6 s, a: leads of a b c in generation 1 by range
              after 6 s, b: follows in generation 1 by range
              after 6 s, c: follows in generation 1 by range
            """);
    }

    [Fact]
    public void another_protocol_type_or_no_protocol_at_all_is_refused()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3, protocols: "").Join("a", version: 3, type: "").Join("a", version: 3).Join("b", version: 3, type: "connect").Expect("""
            a joins
              a: InconsistentGroupProtocol
            a joins
              a: InconsistentGroupProtocol
            a joins
              a: leads of a in generation 1 by range
            b joins
              b: InconsistentGroupProtocol
            """);
    }

    [Fact]
    public void a_full_group_takes_its_own_members_but_no_further_one()
    {
        using var group = new GroupScenario(GroupScenario.Settings with { MaxSize = 1 });
        group.Join("a", version: 3).Join("b", version: 3).Sync("a", "a=p0").Join("b", version: 3).Join("a").Expect("""
            a joins
              a: leads of a in generation 1 by range
            b joins
              b: GroupMaxSizeReached
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            b joins
              b: GroupMaxSizeReached
            a joins
              a: leads of a in generation 2 by range
            """);
    }

    [Fact]
    public void a_member_id_nobody_gave_out_is_unknown()
    {
        using var group = new GroupScenario();
        group.Join("a", asId: "made-up").Join("a", version: 3).Join("b", asId: "made-up").Expect("""
            a joins
              a: UnknownMemberId
            a joins
              a: leads of a in generation 1 by range
            b joins
              b: UnknownMemberId
            """);
    }

    [Fact]
    public void a_follower_that_joins_again_unchanged_is_told_the_running_generation_and_one_that_changed_makes_all_rejoin()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Join("b", version: 3).Join("a").Join("b").Sync("a", "a=p0 b=p1").Sync("b").Join("b").Join("b", metadata: "other").Join("a").Expect("""
            a joins
              a: leads of a in generation 1 by range
            b joins
            a joins
              b: follows in generation 2 by range
              a: leads of a b in generation 2 by range
            b joins
              b: follows in generation 2 by range
            a syncs a=p0 b=p1
              stored generation 2: a=p0 b=p1
              a: assigned p0
            b syncs
              b: assigned p1
            b joins
              b: follows in generation 2 by range
            b joins
            a joins
              b: follows in generation 3 by range
              a: leads of a b in generation 3 by range
            """);
    }

    [Fact]
    public void the_leader_of_a_stable_group_joins_again_to_assign_anew()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Sync("a", "a=p0").Join("a").Expect("""
            a joins
              a: leads of a in generation 1 by range
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            a joins
              a: leads of a in generation 2 by range
            """);
    }
}
