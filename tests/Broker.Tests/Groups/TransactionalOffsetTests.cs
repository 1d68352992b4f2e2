using Broker.Tests.Groups.Support;

namespace Broker.Tests.Groups;

public sealed class TransactionalOffsetTests
{
    [Fact]
    public void an_offset_is_pending_until_its_transaction_commits()
    {
        using var group = new GroupScenario();
        group.Commit("simple", 1).CommitInTransaction("simple", 5).FetchOffset(requireStable: false).FetchOffset(requireStable: true).Show()
            .EndTransaction(commit: true).FetchOffset(requireStable: true).Show().Expect("""
            simple commits 1
              stored t-0 at 1
              simple: None
            simple commits 5 in transaction 1
              stored t-0 at 5
              simple: None
            reader asks for the offset
              reader: 1
            reader asks for the stable offset
              reader: UnstableOffsetCommit
            Empty generation 0 / leader none:; t-0@1 t-0 pending
            transaction 1 commits
            reader asks for the stable offset
              reader: 5
            Empty generation 0 / leader none:; t-0@5
            """);
    }

    [Fact]
    public void an_aborted_offset_never_was_and_a_group_without_anything_else_goes_with_it()
    {
        using var group = new GroupScenario();
        group.CommitInTransaction("simple", 5).Show().EndTransaction(commit: false).Show().Expect("""
            simple commits 5 in transaction 1
              stored t-0 at 5
              simple: None
            Empty generation 0 / leader none:; t-0 pending
            transaction 1 aborts
            no group
            """);
    }

    [Fact]
    public void pending_offsets_survive_a_restart_and_so_does_the_end_of_their_transaction()
    {
        using var group = new GroupScenario();
        group.CommitInTransaction("simple", 5, producer: 1).CommitInTransaction("simple", 6, producer: 2, topic: "u").Restart().Show()
            .EndTransaction(commit: true, producer: 1).EndTransaction(commit: false, producer: 2).Restart().Show().ExpectEnd("""
            restart
            Empty generation 0 / leader none:; t-0 pending u-0 pending
            transaction 1 commits
            transaction 2 aborts
            restart
            Empty generation 0 / leader none:; t-0@5
            """);
    }

    [Fact]
    public void of_two_commits_the_later_record_counts_whichever_transaction_ends_last()
    {
        using var group = new GroupScenario();
        group.CommitInTransaction("simple", 5, producer: 1).CommitInTransaction("simple", 6, producer: 2)
            .EndTransaction(commit: true, producer: 2).EndTransaction(commit: true, producer: 1).Show()
            .CommitInTransaction("simple", 7, producer: 1).Commit("simple", 3).EndTransaction(commit: true, producer: 1).Show().ExpectEnd("""
            transaction 2 commits
            transaction 1 commits
            Empty generation 0 / leader none:; t-0@6
            simple commits 7 in transaction 1
              stored t-0 at 7
              simple: None
            simple commits 3
              stored t-0 at 3
              simple: None
            transaction 1 commits
            Empty generation 0 / leader none:; t-0@3
            """);
    }

    [Fact]
    public void a_member_must_be_of_the_running_generation_and_an_old_client_need_not_say()
    {
        using var group = new GroupScenario();
        group.CommitInTransaction("a", 1, generation: 3).Join("a", version: 3).CommitInTransaction("a", 2).Sync("a", "a=p0").CommitInTransaction("a", 3)
            .CommitInTransaction("a", 4, generation: 0).CommitInTransaction("a", 5, generation: -1).CommitInTransaction("outside", 6)
            .CommitInTransaction("outside", 7, generation: 1).CommitInTransaction("a", 8, topic: "gone").Expect("""
            a commits 1 in transaction 1
              a: IllegalGeneration
            a joins
              a: leads of a in generation 1 by range
            a commits 2 in transaction 1
              stored t-0 at 2
              a: None
            a syncs a=p0
              stored generation 1: a=p0
              a: assigned p0
            a commits 3 in transaction 1
              stored t-0 at 3
              a: None
            a commits 4 in transaction 1
              a: IllegalGeneration
            a commits 5 in transaction 1
              a: IllegalGeneration
            outside commits 6 in transaction 1
              stored t-0 at 6
              outside: None
            outside commits 7 in transaction 1
              outside: UnknownMemberId
            a commits 8 in transaction 1
              a: UnknownTopicOrPartition
            """);
    }

    [Fact]
    public void deleting_an_offset_also_ends_its_waiting_for_a_transaction()
    {
        using var group = new GroupScenario();
        group.Commit("simple", 1, topic: "u").CommitInTransaction("simple", 5).DeleteOffset("t").EndTransaction(commit: true).Show().Expect("""
            simple commits 1
              stored u-0 at 1
              simple: None
            simple commits 5 in transaction 1
              stored t-0 at 5
              simple: None
            admin deletes offsets of t
              stored t-0 forgotten
              admin: None
            transaction 1 commits
            Empty generation 0 / leader none:; u-0@1
            """);
    }

    [Fact]
    public void deleting_the_group_forgets_what_is_pending()
    {
        using var group = new GroupScenario();
        group.CommitInTransaction("simple", 5).DeleteGroup().EndTransaction(commit: true).Show().Expect("""
            simple commits 5 in transaction 1
              stored t-0 at 5
              simple: None
            admin deletes the group
              stored t-0 forgotten
              stored the end of the group
              admin: None
            transaction 1 commits
            no group
            """);
    }

    [Fact]
    public void nothing_expires_that_a_transaction_is_about_to_replace()
    {
        using var group = new GroupScenario();
        group.Commit("simple", 1).CommitInTransaction("simple", 5).Pass(3_600).ExpireOffsets().EndTransaction(commit: false).ExpireOffsets().ExpectEnd("""
            3600 s pass
            offsets expire
            transaction 1 aborts
            offsets expire
              stored t-0 forgotten
              stored the end of the group
            """);
    }

    [Fact]
    public void a_producer_that_was_fenced_writes_nothing()
    {
        using var group = new GroupScenario();
        group.CommitInTransaction("simple", 5, epoch: 1).CommitInTransaction("simple", 6, epoch: 0).EndTransaction(commit: true, epoch: 0)
            .EndTransaction(commit: true, epoch: 1).Show().Expect("""
            simple commits 5 in transaction 1
              stored t-0 at 5
              simple: None
            simple commits 6 in transaction 1
              simple: InvalidProducerEpoch
            transaction 1 commits
              fenced
            transaction 1 commits
            Empty generation 0 / leader none:; t-0@5
            """);
    }
}
