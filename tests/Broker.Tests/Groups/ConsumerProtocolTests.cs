using Broker.Tests.Groups.Support;

namespace Broker.Tests.Groups;

public sealed class ConsumerProtocolTests
{
    [Fact]
    public void the_first_member_gets_everything_and_a_second_waits_until_the_first_has_given_up_its_half()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 4).Join("a").Show().Join("b").Show().Beat("a").Beat("b").Beat("a").Beat("b").Beat("a").Show().Expect("""
            a joins: epoch 2, t-0 t-1 t-2 t-3
            Stable epoch 2/2 a@2[t-0 t-1 t-2 t-3]
            b joins: epoch 3, nothing
            Reconciling epoch 3/3 a@2[t-0 t-1 t-2 t-3] b@3[nothing]
            a beats: epoch 2, t-0 t-1
            b beats: epoch 3
            a beats: epoch 3
            b beats: epoch 3, t-2 t-3
            a beats: epoch 3
            Stable epoch 3/3 a@3[t-0 t-1] b@3[t-2 t-3]
            """);
    }

    [Fact]
    public void what_a_member_leaves_behind_goes_to_the_others_at_their_next_heartbeat()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 2).Join("a").Join("b").Beat("a").Beat("a").Beat("b").Leave("a").Show().Beat("b").Leave("b").Show().ExpectEnd("""
            a leaves: gone
            Assigning epoch 4/3 b@3[t-1]
            b beats: epoch 4, t-0 t-1
            b leaves: gone
            Empty epoch 5/4
            """);
    }

    [Fact]
    public void a_silent_member_is_out_when_its_session_ends_and_unknown_from_then_on()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 2).Join("a").Pass(44).Beat("a").Pass(44).Beat("a").Pass(45).Show().Beat("a").ExpectEnd("""
            45 s pass
            Empty epoch 3/2
            a beats: UnknownMemberId
            """);
    }

    [Fact]
    public void a_member_that_holds_on_to_its_partitions_is_out_when_the_rebalance_timeout_ends()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 2).Join("a", rebalanceSeconds: 20).Join("b").Beat("a").Hold("a").Pass(19).Beat("a").Beat("b").Pass(1).Show().Beat("b").Beat("a").ExpectEnd("""
            1 s pass
            Assigning epoch 4/3 b@3[nothing]
            b beats: epoch 4, t-0 t-1
            a beats: UnknownMemberId
            """);
    }

    [Fact]
    public void the_time_to_give_up_partitions_begins_anew_after_a_restart()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 2).Join("a", rebalanceSeconds: 20).Join("b").Beat("a").Hold("a").Pass(15).Restart().Pass(19).Show().Pass(1).Show().ExpectEnd("""
            restart
            19 s pass
            Reconciling epoch 3/3 a@2[t-0 t-1] b@3[nothing]
            1 s pass
            Assigning epoch 4/3 b@3[nothing]
            """);
    }

    [Fact]
    public void an_epoch_that_is_not_the_members_fences_it_but_one_answer_may_have_got_lost()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 2).Join("a").Beat("a", epoch: 3).Beat("a", epoch: 0).Join("b").Beat("a").Beat("a").Beat("a", epoch: 2).Beat("b").ExpectEnd("""
            a beats: epoch 2, t-0
            a beats: epoch 3
            a beats: FencedMemberEpoch
            b beats: epoch 3, t-1
            """);
    }

    [Fact]
    public void another_subscription_takes_away_what_is_no_longer_wanted()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 1).Topic("u", 1).Join("a", topics: "t u").Subscribe("a", "u").Beat("a").Show().Expect("""
            a joins: epoch 2, t-0 u-0
            a wants u: epoch 2, u-0
            a beats: epoch 3
            Stable epoch 3/3 a@3[u-0]
            """);
    }

    [Fact]
    public void topics_made_grown_and_deleted_reach_the_members_by_their_heartbeats()
    {
        using var group = new ConsumerScenario();
        group.Topic("u", 1).Join("a").Topic("other", 1).Beat("a").Topic("t", 1).Beat("a").Topic("t", 2).Beat("a").Beat("a");
        group.Topics.Delete("t");
        group.Beat("a").Beat("a").Show().Expect("""
            a joins: epoch 2, nothing
            a beats: epoch 2
            a beats: epoch 3, t-0
            a beats: epoch 4, t-0 t-1
            a beats: epoch 4
            a beats: epoch 4, nothing
            a beats: epoch 5
            Stable epoch 5/5 a@5[nothing]
            """);
    }

    [Fact]
    public void a_regular_expression_finds_topics_also_later_ones_and_goes_with_its_last_member()
    {
        using var group = new ConsumerScenario();
        group.Topic("a1", 1).Topic("b1", 1).Join("a", topics: "", regex: "a.*").Topic("a2", 1).Beat("a").Join("b", topics: "b1").Show().Leave("a").Beat("b").Show().Expect("""
            a joins: epoch 2, a1-0
            a beats: epoch 3, a1-0 a2-0
            b joins: epoch 4, b1-0
            Reconciling epoch 4/4 a@3[a1-0 a2-0] b@4[b1-0]
            a leaves: gone
            b beats: epoch 5
            Stable epoch 5/5 b@5[b1-0]
            """);
        Assert.Contains(group.Log.Records, r => r is Broker.Groups.Consumer.RegexRecord { Regex: "a.*", Value: null });
    }

    [Fact]
    public void a_static_member_that_said_it_comes_back_keeps_its_place_for_a_session()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 2).Join("a", instance: "i").Join("b", instance: "j").Beat("a").Beat("a").Beat("b").Leave("a", forGood: false).Beat("b").Show()
            .Join("a2", instance: "i").Beat("b").Show().ExpectEnd("""
            a leaves: gone
            b beats: epoch 3
            Reconciling epoch 3/3 a@-2[t-0] b@3[t-1]
            a2 joins: epoch 3, t-0
            b beats: epoch 3
            Stable epoch 3/3 a2@3[t-0] b@3[t-1]
            """);
    }

    [Fact]
    public void the_name_of_a_static_member_is_its_own_until_it_leaves_and_the_replaced_id_is_fenced()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 1).Join("a", instance: "i").Join("twin", instance: "i").Leave("a", forGood: false).Join("twin", instance: "i").Beat("a").Leave("a").Expect("""
            a joins: epoch 2, t-0
            twin joins: UnreleasedInstanceId
            a leaves: gone
            twin joins: epoch 2, t-0
            a beats: FencedInstanceId
            a leaves: FencedInstanceId
            """);
    }

    [Fact]
    public void a_static_member_that_stays_away_is_out_when_its_session_ends()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 2).Join("a", instance: "i").Join("b").Beat("a").Beat("a").Beat("b").Leave("a", forGood: false).Pass(44).Beat("b").Pass(1).Beat("b").ExpectEnd("""
            44 s pass
            b beats: epoch 3
            1 s pass
            b beats: epoch 4, t-0 t-1
            """);
    }

    [Fact]
    public void a_commit_of_an_earlier_epoch_is_good_for_what_the_member_has_held_since_then()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 2).Join("a").Join("b").Beat("a").Commit("a", 2, 1).Beat("a").Beat("b")
            .Commit("a", 3).Commit("a", 2).Commit("a", 2, 1).Commit("a", 4).Commit("b", 3, 1).Commit("b", 2, 1).Commit("outside", -1).Commit("a", 3, version: 8).ExpectEnd("""
            a commits t-1 in epoch 2: None
            a beats: epoch 3
            b beats: epoch 3, t-1
            a commits t-0 in epoch 3: None
            a commits t-0 in epoch 2: None
            a commits t-1 in epoch 2: StaleMemberEpoch
            a commits t-0 in epoch 4: StaleMemberEpoch
            b commits t-1 in epoch 3: None
            b commits t-1 in epoch 2: StaleMemberEpoch
            outside commits t-0 in epoch -1: UnknownMemberId
            a commits t-0 in epoch 3: UnsupportedVersion
            """);
    }

    [Fact]
    public void a_full_group_takes_nobody_else()
    {
        using var group = new ConsumerScenario(GroupScenario.Settings with { ConsumerMaxSize = 1 });
        group.Topic("t", 1).Join("a").Join("b").Beat("a").Expect("""
            a joins: epoch 2, t-0
            b joins: GroupMaxSizeReached
            a beats: epoch 2
            """);
    }

    [Fact]
    public void the_assignor_that_most_members_prefer_is_taken()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 3).Topic("u", 3).Join("a", topics: "t u", assignor: "range").Join("b", topics: "t u").Beat("a").Beat("a").Beat("b").ExpectEnd("""
            a beats: epoch 2, t-0 t-1 u-0 u-1
            a beats: epoch 3
            b beats: epoch 3, t-2 u-2
            """);
    }

    [Fact]
    public void records_that_could_not_be_written_change_nothing()
    {
        using var group = new ConsumerScenario();
        group.Topic("t", 1).Join("a");
        group.Log.AppendFault = new IOException("disk");
        group.Pass(50);
        group.Log.AppendFault = null;
        group.Show().Pass(45).Show().Expect("""
            a joins: epoch 2, t-0
            50 s pass
            Stable epoch 2/2 a@2[t-0]
            45 s pass
            Empty epoch 3/2
            """);
    }
}
