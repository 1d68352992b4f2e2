using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Conformance.Support;

namespace Conformance;

public class GroupAdminTests(TestBroker broker)
{
    [Fact]
    public async Task a_live_group_is_listed_and_described_with_its_member()
    {
        var topic = await broker.NewTopicAsync(partitions: 2);
        var group = TestBroker.NewName("group");
        using var consumer = broker.Consumer(group, config => config.ClientId = "the-client");
        consumer.Subscribe(topic);
        Polling.Until(() => consumer.Assignment.Count == 2, "the member to own both partitions", consumer);
        using var admin = broker.Admin();

        var listed = (await admin.ListConsumerGroupsAsync()).Valid.Single(listing => listing.GroupId == group);
        var described = (await admin.DescribeConsumerGroupsAsync([group])).ConsumerGroupDescriptions.Single();

        Assert.Equal(ConsumerGroupState.Stable, listed.State);
        Assert.Equal(ConsumerGroupState.Stable, described.State);
        Assert.Equal("range", described.PartitionAssignor);
        var member = Assert.Single(described.Members);
        Assert.Equal("the-client", member.ClientId);
        Assert.Equal([0, 1], member.Assignment.TopicPartitions.Select(partition => partition.Partition.Value).Order());
    }

    [Fact]
    public async Task offsets_of_an_empty_group_are_listed_altered_and_deleted_with_it()
    {
        var topic = await broker.NewTopicAsync();
        var group = TestBroker.NewName("group");
        await broker.ProduceNumbersAsync(topic, 10);
        using var admin = broker.Admin();

        await admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets(group, [new TopicPartitionOffset(topic, 0, 7)])]);
        var offsets = (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, null)])).Single();
        Assert.Equal(7, Assert.Single(offsets.Partitions).Offset.Value);

        await admin.DeleteGroupsAsync([group]);
        var refused = await Assert.ThrowsAsync<DeleteGroupsException>(() => admin.DeleteGroupsAsync([group]));
        Assert.Equal(ErrorCode.GroupIdNotFound, refused.Results.Single().Error.Code);
    }

    [Fact]
    public async Task a_group_with_members_is_neither_deleted_nor_altered()
    {
        var topic = await broker.NewTopicAsync();
        var group = TestBroker.NewName("group");
        using var consumer = broker.Consumer(group);
        consumer.Subscribe(topic);
        Polling.Until(() => consumer.Assignment.Count == 1, "the member to own the partition", consumer);
        using var admin = broker.Admin();

        var notDeleted = await Assert.ThrowsAsync<DeleteGroupsException>(() => admin.DeleteGroupsAsync([group]));
        var notAltered = await Assert.ThrowsAsync<AlterConsumerGroupOffsetsException>(() => admin.AlterConsumerGroupOffsetsAsync(
            [new ConsumerGroupTopicPartitionOffsets(group, [new TopicPartitionOffset(topic, 0, 1)])]));

        Assert.Equal(ErrorCode.NonEmptyGroup, notDeleted.Results.Single().Error.Code);
        Assert.Equal(ErrorCode.UnknownMemberId, notAltered.Results.Single().Partitions.Single().Error.Code);
    }

    [Fact]
    public async Task the_offset_of_a_topic_that_a_member_reads_cannot_be_deleted()
    {
        var (read, other) = (await broker.NewTopicAsync(), await broker.NewTopicAsync());
        var group = TestBroker.NewName("group");
        using var consumer = broker.Consumer(group);
        consumer.Subscribe(read);
        Polling.Until(() => consumer.Assignment.Count == 1, "the member to own the partition", consumer);
        consumer.Commit([new TopicPartitionOffset(read, 0, 3), new TopicPartitionOffset(other, 0, 3)]);
        using var admin = broker.Admin();

        var refused = await Assert.ThrowsAsync<DeleteConsumerGroupOffsetsException>(() => admin.DeleteConsumerGroupOffsetsAsync(group, [new TopicPartition(read, 0)]));
        await admin.DeleteConsumerGroupOffsetsAsync(group, [new TopicPartition(other, 0)]);

        Assert.Equal(ErrorCode.GroupSubscribedToTopic, refused.Result.Partitions.Single().Error.Code);
        var offsets = consumer.Committed([new TopicPartition(read, 0), new TopicPartition(other, 0)], TimeSpan.FromSeconds(30));
        Assert.Equal([3, Offset.Unset], offsets.Select(o => o.Offset));
    }

    [Fact]
    public async Task the_offset_of_a_topic_no_member_reads_can_be_deleted()
    {
        var topic = await broker.NewTopicAsync();
        var group = TestBroker.NewName("group");
        using var admin = broker.Admin();
        await admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets(group, [new TopicPartitionOffset(topic, 0, 3)])]);

        await admin.DeleteConsumerGroupOffsetsAsync(group, [new TopicPartition(topic, 0)]);

        var offsets = (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, [new TopicPartition(topic, 0)])])).Single();
        Assert.Equal(Offset.Unset, offsets.Partitions.Single().Offset);
    }
}
