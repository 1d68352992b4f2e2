using Broker.Tests.Groups.Support;

namespace Broker.Tests.Groups;

public sealed class OffsetTests
{
    [Fact]
    public void members_commit_in_their_generation_and_strangers_not_while_it_runs()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Commit("a", 1).Sync("a", "a=p0").Commit("a", 2).Commit("a", 3, generation: 0).Commit("outside", 4).Commit("a", 5, generation: -1)
            .Leave("a").Commit("outside", 6).Commit("a", 7).Show().Expect("""
            a joins
              a: leads of a in generation 1 by range
            a commits 1
              a: RebalanceInProgress
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            a commits 2
              stored t-0 at 2
              a: None
            a commits 3
              a: IllegalGeneration
            outside commits 4
              outside: UnknownMemberId
            a commits 5
              a: IllegalGeneration
            a leaves
              stored generation 2, empty
              a: None
            outside commits 6
              stored t-0 at 6
              outside: None
            a commits 7
              a: UnknownMemberId
            Empty generation 2 consumer/ leader none:; t-0@6
            """);
    }

    [Fact]
    public void a_member_may_still_commit_while_others_are_called_to_rejoin()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Sync("a", "a=p0").Join("b", version: 3).Commit("a", 2).Expect("""
            a joins
              a: leads of a in generation 1 by range
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            b joins
            a commits 2
              stored t-0 at 2
              a: None
            """);
    }

    [Fact]
    public void a_commit_keeps_the_session_alive()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3).Sync("a", "a=p0").Pass(9).Commit("a", 2).Pass(9).Heartbeat("a").Expect("""
            a joins
              a: leads of a in generation 1 by range
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            9 s pass
            a commits 2
              stored t-0 at 2
              a: None
            9 s pass
            a beats
              a: None
            """);
    }

    [Fact]
    public void a_consumer_that_assigns_its_partitions_itself_makes_a_group_by_committing()
    {
        using var group = new GroupScenario();
        group.Commit("simple", 5).Show().Expect("""
            simple commits 5
              stored t-0 at 5
              simple: None
            Empty generation 0 / leader none:; t-0@5
            """);
    }

    [Fact]
    public void a_generation_of_a_group_that_does_not_exist_is_illegal()
    {
        using var group = new GroupScenario();
        group.Commit("simple", 5, generation: 3).Show().Expect("""
            simple commits 5
              simple: IllegalGeneration
            no group
            """);
    }

    [Fact]
    public void a_long_note_or_a_missing_topic_is_refused_for_its_partition()
    {
        using var group = new GroupScenario();
        group.Commit("simple", 5, metadata: "ten chars.").Commit("simple", 6, metadata: "eleven char").Commit("simple", 7, topic: "gone").Show().Expect("""
            simple commits 5
              stored t-0 at 5
              simple: None
            simple commits 6
              simple: OffsetMetadataTooLarge
            simple commits 7
              simple: UnknownTopicOrPartition
            Empty generation 0 / leader none:; t-0@5
            """);
    }

    [Fact]
    public void offsets_of_a_group_that_has_been_empty_for_the_retention_are_forgotten_and_the_group_with_them()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3, sessionSeconds: 300).Sync("a", "a=p0").Commit("a", 2).Pass(200).Leave("a")
            .Pass(3_599).ExpireOffsets().Pass(1).ExpireOffsets().Show().Expect("""
            a joins
              a: leads of a in generation 1 by range
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            a commits 2
              stored t-0 at 2
              a: None
            200 s pass
            a leaves
              stored generation 2, empty
              a: None
            3599 s pass
            offsets expire
            1 s pass
            offsets expire
              stored t-0 forgotten
              stored the end of the group
            no group
            """);
    }

    [Fact]
    public void offsets_without_members_count_from_their_commit()
    {
        using var group = new GroupScenario();
        group.Commit("simple", 5).Pass(1_800).Commit("simple", 6, topic: "u").Pass(1_800).ExpireOffsets().Show().Expect("""
            simple commits 5
              stored t-0 at 5
              simple: None
            1800 s pass
            simple commits 6
              stored u-0 at 6
              simple: None
            1800 s pass
            offsets expire
              stored t-0 forgotten
            Empty generation 0 / leader none:; u-0@6
            """);
    }

    [Fact]
    public void offsets_of_a_subscribed_topic_are_neither_deleted_nor_expired()
    {
        using var group = new GroupScenario();
        var wantsT = "\0\0\0\0\0\u0001\0\u0001t";
        group.Join("a", version: 3, metadata: wantsT, sessionSeconds: 300).Sync("a", "a=p0").Commit("a", 1).Commit("a", 2, topic: "u")
            .DeleteOffset("t").DeleteOffset("u").Commit("a", 3, topic: "u");
        for (var i = 0; i < 15; i++)
            group.Pass(240).Heartbeat("a");
        group.ExpireOffsets().Show();

        group.ExpectEnd("""
            offsets expire
              stored u-0 forgotten
            Stable generation 1 consumer/range leader a: a=p0; t-0@1
            """);
        group.ExpectPart("""
            admin deletes offsets of t
              admin: GroupSubscribedToTopic
            admin deletes offsets of u
              stored u-0 forgotten
              admin: None
            """);
    }

    [Fact]
    public void a_group_is_deleted_when_empty_only()
    {
        using var group = new GroupScenario();
        group.DeleteGroup().Join("a", version: 3).DeleteGroup().Sync("a", "a=p0").Commit("a", 1).DeleteGroup().Leave("a").DeleteGroup().DeleteGroup().Show().Expect("""
            admin deletes the group
              admin: GroupIdNotFound
            a joins
              a: leads of a in generation 1 by range
            admin deletes the group
              admin: NonEmptyGroup
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            a commits 1
              stored t-0 at 1
              a: None
            admin deletes the group
              admin: NonEmptyGroup
            a leaves
              stored generation 2, empty
              a: None
            admin deletes the group
              stored t-0 forgotten
              stored the end of the group
              admin: None
            admin deletes the group
              admin: GroupIdNotFound
            no group
            """);
    }

    [Fact]
    public void offsets_of_a_running_group_that_is_no_consumers_are_not_deleted()
    {
        using var group = new GroupScenario();
        group.Join("a", version: 3, type: "connect").DeleteOffset("t").Expect("""
            a joins
              a: leads of a in generation 1 by range
            admin deletes offsets of t
              admin: NonEmptyGroup
            """);
    }
}
