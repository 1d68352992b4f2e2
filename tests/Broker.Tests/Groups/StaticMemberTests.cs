using Broker.Tests.Groups.Support;

namespace Broker.Tests.Groups;

public sealed class StaticMemberTests
{
    [Fact]
    public void a_static_member_joins_again_under_a_new_id_without_a_rebalance_and_its_old_id_is_fenced()
    {
        using var group = Two();
        var old = group.IdOf("b");
        group.Join("b", instance: "B", asId: "").Sync("b", instance: "B").Heartbeat("a", instance: "A").Heartbeat("b", instance: "B")
            .Heartbeat("b", instance: "B", asId: old).Sync("b", instance: "B", asId: old).Join("b", instance: "B", asId: old)
            .Leave("b", instance: "B", asId: old).Show().Expect(TwoTrace + """
            b joins
              stored generation 2: a=p0 b=p1
              b: follows in generation 2 by range
            b syncs
              b: assigned p1
            a beats
              a: None
            b beats
              b: None
            b beats
              b: FencedInstanceId
            b syncs
              b: FencedInstanceId
            b joins
              b: FencedInstanceId
            b leaves
              b: FencedInstanceId
            Stable generation 2 consumer/range leader a: a=p0 b=p1;
            """);
    }

    [Fact]
    public void a_returning_leader_is_told_to_keep_the_assignment()
    {
        using var group = Two();
        group.Join("a", instance: "A", asId: "").Sync("a", instance: "A").Expect(TwoTrace + """
            a joins
              stored generation 2: a=p0 b=p1
              a: leads of a b in generation 2 by range, keep the assignment
            a syncs
              a: assigned p0
            """);
    }

    [Fact]
    public void a_returning_leader_of_an_older_version_is_told_that_somebody_else_leads()
    {
        using var group = Two();
        group.Join("a", version: 8, instance: "A", asId: "").Expect(TwoTrace + """
            a joins
              stored generation 2: a=p0 b=p1
              a: follows in generation 2 by range
            """);
    }

    [Fact]
    public void a_static_member_that_returns_while_the_leader_assigns_starts_the_rebalance_over()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 5, instance: "A").Join("b", version: 5, instance: "B").Join("a", instance: "A").Sync("b", instance: "B")
            .Join("b", instance: "B", asId: "").Sync("a", "a=p0", instance: "A").Join("a", instance: "A").Expect("""
            a joins
              a: leads of a in generation 1 by range
            b joins
            a joins
              b: follows in generation 2 by range
              a: leads of a b in generation 2 by range
            b syncs
            b joins
              b: FencedInstanceId
            a syncs a=p0
              a: RebalanceInProgress
            a joins
              b: follows in generation 3 by range
              a: leads of a b in generation 3 by range
            """);
    }

    [Fact]
    public void the_one_of_two_that_waits_under_the_same_name_is_fenced()
    {
        using var group = new GroupScenario(GroupScenario.Settings with { InitialRebalanceDelay = TimeSpan.FromSeconds(3) });
        group.Join("a", version: 5, instance: "A").Join("twin", version: 5, instance: "A").Pass(3).Expect("""
            a joins
            twin joins
              a: FencedInstanceId
            3 s pass
              after 3 s, twin: leads of twin in generation 1 by range
            """);
    }

    [Fact]
    public void a_static_member_keeps_its_place_through_a_rebalance_until_its_session_ends()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 5, instance: "A", sessionSeconds: 100).Join("b", version: 5, instance: "B", sessionSeconds: 100)
            .Join("a", instance: "A", sessionSeconds: 100).Sync("a", "a=p0 b=p1", instance: "A").Sync("b", instance: "B")
            .Join("a", instance: "A", sessionSeconds: 100).Pass(60).Sync("a", "a=p0 b=p1", instance: "A").Pass(40).Heartbeat("a", instance: "A").Expect("""
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
            a joins
            60 s pass
              after 60 s, a: leads of a b in generation 3 by range
            a syncs a=p0 b=p1
              stored generation 3: a=p0 b=p1
              a: assigned p0
            40 s pass
            a beats
              a: None
            """);
    }

    [Fact]
    public void an_administrator_sends_a_static_member_away_by_its_name()
    {
        using var group = Two();
        group.Leave("admin", instance: "B", asId: "").Leave("admin", instance: "nobody", asId: "").Heartbeat("a", instance: "A").Expect(TwoTrace + """
            admin leaves
              admin: None
            admin leaves
              admin: UnknownMemberId
            a beats
              a: RebalanceInProgress
            """);
    }

    [Fact]
    public void a_static_member_that_returns_with_another_favourite_protocol_makes_all_rejoin()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 5, instance: "A", protocols: "range,sticky").Sync("a", "a=p0", instance: "A")
            .Join("a", instance: "A", asId: "", protocols: "sticky,range").Expect("""
            a joins
              a: leads of a in generation 1 by range
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            a joins
              a: leads of a in generation 2 by sticky
            """);
    }

    private const string TwoTrace = """
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

    private static GroupScenario Two() => new GroupScenario()
        .Join("a", version: 5, instance: "A").Join("b", version: 5, instance: "B").Join("a", instance: "A")
        .Sync("a", "a=p0 b=p1", instance: "A").Sync("b", instance: "B");
}
