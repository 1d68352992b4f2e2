using Confluent.Kafka;
using Conformance.Support;

namespace Conformance;

public class GroupTests(TestBroker broker)
{
    [Theory]
    [InlineData(PartitionAssignmentStrategy.Range)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky)]
    public async Task two_members_share_the_partitions_and_one_inherits_when_the_other_leaves(PartitionAssignmentStrategy strategy)
    {
        var topic = await broker.NewTopicAsync(partitions: 4);
        var group = TestBroker.NewName("group");
        using var stays = broker.Consumer(group, config => config.PartitionAssignmentStrategy = strategy);
        using var leaves = broker.Consumer(group, config => config.PartitionAssignmentStrategy = strategy);

        stays.Subscribe(topic);
        Polling.Until(() => stays.Assignment.Count == 4, "the first member to own everything", stays);
        leaves.Subscribe(topic);
        Polling.Until(() => stays.Assignment.Count == 2 && leaves.Assignment.Count == 2, "the members to share", stays, leaves);

        Assert.Empty(stays.Assignment.Intersect(leaves.Assignment));
        leaves.Close();
        Polling.Until(() => stays.Assignment.Count == 4, "the remaining member to own everything again", stays);
    }

    [Fact]
    public async Task every_record_reaches_one_member_through_a_rebalance()
    {
        var topic = await broker.NewTopicAsync(partitions: 6);
        var group = TestBroker.NewName("group");
        using var first = broker.Consumer(group, config => config.EnableAutoCommit = true);
        using var second = broker.Consumer(group, config => config.EnableAutoCommit = true);
        first.Subscribe(topic);
        second.Subscribe(topic);
        Polling.Until(() => first.Assignment.Count == 3 && second.Assignment.Count == 3, "the members to share", first, second);

        for (var partition = 0; partition < 6; partition++)
            await broker.ProduceNumbersAsync(topic, 20, partition);

        var seen = new HashSet<TopicPartitionOffset>();
        Polling.Until(() => seen.Count == 120, () => $"{seen.Count} of 120 records", [first, second], record => seen.Add(record.TopicPartitionOffset));
    }

    [Fact]
    public async Task a_committed_offset_is_where_the_next_member_starts()
    {
        var topic = await broker.NewTopicAsync();
        var group = TestBroker.NewName("group");
        await broker.ProduceNumbersAsync(topic, 10);

        using (var consumer = broker.Consumer(group))
        {
            consumer.Subscribe(topic);
            consumer.Commit(consumer.Take(4)[^1]);
            consumer.Close();
        }

        using var successor = broker.Consumer(group);
        successor.Subscribe(topic);

        Assert.Equal("4", successor.Take(1)[0].Message.Value);
    }

    [Fact]
    public async Task committed_offsets_carry_metadata_and_are_read_back()
    {
        var topic = await broker.NewTopicAsync(partitions: 2);
        var group = TestBroker.NewName("group");
        using var consumer = broker.Consumer(group);
        consumer.Assign([new TopicPartitionOffset(topic, 0, Offset.Beginning), new TopicPartitionOffset(topic, 1, Offset.Beginning)]);

        consumer.Commit([new TopicPartitionOffset(topic, 0, 17)]);
        var committed = consumer.Committed([new TopicPartition(topic, 0), new TopicPartition(topic, 1)], TimeSpan.FromSeconds(30));

        Assert.Equal(17, committed[0].Offset.Value);
        Assert.Equal(Offset.Unset, committed[1].Offset);
    }

    [Fact]
    public async Task a_static_member_comes_back_to_its_partitions_without_a_rebalance()
    {
        var topic = await broker.NewTopicAsync(partitions: 2);
        var group = TestBroker.NewName("group");
        var revocations = 0;
        using var other = broker.ConsumerBuilder(group, config => config.GroupInstanceId = "other")
            .SetPartitionsRevokedHandler((_, _) => revocations++).Build();
        other.Subscribe(topic);

        List<TopicPartition> before;
        using (var member = broker.Consumer(group, config => config.GroupInstanceId = "one"))
        {
            member.Subscribe(topic);
            Polling.Until(() => member.Assignment.Count == 1 && other.Assignment.Count == 1, "the members to share", member, other);
            before = member.Assignment;

            // A static member that closes does not leave.
            member.Close();
        }

        var revokedBefore = revocations;
        using var again = broker.Consumer(group, config => config.GroupInstanceId = "one");
        again.Subscribe(topic);
        Polling.Until(() => again.Assignment.Count == 1, "the static member to be back", again, other);

        Assert.Equal(before, again.Assignment);
        Assert.Equal(revokedBefore, revocations);
    }
}
