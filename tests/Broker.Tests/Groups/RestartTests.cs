using Broker.Storage;
using Broker.Tests.Groups.Support;

namespace Broker.Tests.Groups;

public sealed class RestartTests
{
    [Fact]
    public void members_of_a_stable_group_go_on_with_their_ids_and_generation()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Join("b", version: 3).Join("a").Sync("a", "a=p0 b=p1").Sync("b").Commit("a", 5).Restart()
            .Heartbeat("a").Heartbeat("b").Sync("b").Commit("b", 6).Show();
        group.ExpectEnd("""
            restart
            a beats
              a: None
            b beats
              b: None
            b syncs
              b: assigned p1
            b commits 6
              stored t-0 at 6
              b: None
            Stable generation 2 consumer/range leader a: a=p0 b=p1; t-0@6
            """);
    }

    [Fact]
    public void who_does_not_come_back_after_a_restart_is_dropped_when_its_session_ends()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Sync("a", "a=p0").Pass(8).Restart().Pass(9).Pass(1).Show();
        group.ExpectEnd("""
            restart
            9 s pass
            1 s pass
              after 1 s, stored generation 2, empty
            Empty generation 2 consumer/ leader none:;
            """);
    }

    [Fact]
    public void a_rebalance_cut_off_by_a_restart_goes_back_to_the_generation_before()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Sync("a", "a=p0").Join("b", version: 3).Join("a").Restart().Heartbeat("a").Heartbeat("b").Join("a").Show();
        group.ExpectEnd("""
            restart
            a beats
              a: IllegalGeneration
            b beats
              b: UnknownMemberId
            a joins
              a: leads of a in generation 2 by range
            CompletingRebalance generation 2 consumer/range leader a: a=;
            """);
    }

    [Fact]
    public void a_static_member_is_known_by_its_name_after_a_restart()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 5, instance: "A").Sync("a", "a=p0", instance: "A").Restart().Join("a", instance: "A", asId: "").Show();
        group.ExpectEnd("""
            restart
            a joins
              stored generation 1: a=p0
              a: leads of a in generation 1 by range, keep the assignment
            Stable generation 1 consumer/range leader a: a=p0;
            """);
    }

    [Fact]
    public void a_deleted_group_does_not_come_back()
    {
        using var group = new GroupScenario();
        group.Commit("simple", 5).DeleteGroup().Restart().Show();
        group.ExpectEnd("""
            restart
            no group
            """);
    }

    [Fact]
    public void a_group_that_could_not_be_written_goes_back_to_what_is_stored()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Sync("a", "a=p0").Join("b", version: 3).Join("a").Sync("b");
        group.Log.AppendFault = new DiskFullException("data", new IOException());
        group.Sync("a", "a=p0 b=p1").Commit("a", 3, generation: 1).Show();
        group.Log.AppendFault = null;
        group.Commit("a", 4, generation: 1).Heartbeat("b").Show();
        group.ExpectEnd("""
            b syncs
            a syncs a=p0 b=p1
              b: CoordinatorNotAvailable
              a: CoordinatorNotAvailable
            a commits 3
              a: CoordinatorNotAvailable
            Stable generation 1 consumer/range leader a: a=p0;
            a commits 4
              stored t-0 at 4
              a: None
            b beats
              b: UnknownMemberId
            Stable generation 1 consumer/range leader a: a=p0; t-0@4
            """);
    }
}
