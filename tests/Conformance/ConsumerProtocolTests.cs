using Confluent.Kafka;
using Conformance.Support;

namespace Conformance;

/// <summary>Groups of the consumer protocol (KIP-848) as librdkafka speaks it, also together with classic consumers.</summary>
public class ConsumerProtocolTests(TestBroker broker)
{
    [Fact]
    public async Task members_share_the_partitions_and_inherit_what_one_leaves_behind()
    {
        var topic = await broker.NewTopicAsync(partitions: 6);
        var group = TestBroker.NewName("group");
        using var first = Consumer(group);
        using var second = Consumer(group);
        using var leaves = Consumer(group);

        first.Subscribe(topic);
        Polling.Until(() => first.Assignment.Count == 6, "the first member to own everything", first);
        second.Subscribe(topic);
        leaves.Subscribe(topic);
        Polling.Until(
            () => first.Assignment.Count == 2 && second.Assignment.Count == 2 && leaves.Assignment.Count == 2, "the members to share", first, second, leaves);
        Assert.Equal(6, first.Assignment.Concat(second.Assignment).Concat(leaves.Assignment).Distinct().Count());

        leaves.Close();
        Polling.Until(() => first.Assignment.Count == 3 && second.Assignment.Count == 3, "the remaining members to share", first, second);
    }

    [Fact]
    public async Task every_record_reaches_one_member_and_committed_ones_no_second()
    {
        var topic = await broker.NewTopicAsync(partitions: 4);
        var group = TestBroker.NewName("group");
        for (var partition = 0; partition < 4; partition++)
            await broker.ProduceNumbersAsync(topic, 20, partition);

        var seen = new List<TopicPartitionOffset>();
        using (var first = Consumer(group, config => config.EnableAutoCommit = true))
        {
            first.Subscribe(topic);
            Polling.Until(() => seen.Count == 80, () => $"{seen.Count} of 80 records", [first], record => seen.Add(record.TopicPartitionOffset));
            first.Close();
        }

        using var second = Consumer(group);
        second.Subscribe(topic);
        for (var partition = 0; partition < 4; partition++)
            await broker.ProduceNumbersAsync(topic, 1, partition);
        Polling.Until(() => seen.Count == 84, () => $"{seen.Count} of 84 records", [second], record => seen.Add(record.TopicPartitionOffset));

        Assert.Equal(84, seen.Distinct().Count());
    }

    [Fact]
    public async Task a_static_member_comes_back_to_its_partitions_and_the_others_keep_theirs()
    {
        var topic = await broker.NewTopicAsync(partitions: 2);
        var group = TestBroker.NewName("group");
        using var other = Consumer(group, config => config.GroupInstanceId = "other");
        other.Subscribe(topic);

        List<TopicPartition> before;
        using (var member = Consumer(group, config => config.GroupInstanceId = "one"))
        {
            member.Subscribe(topic);
            Polling.Until(() => member.Assignment.Count == 1 && other.Assignment.Count == 1, "the members to share", member, other);
            before = member.Assignment;
            member.Close();
        }

        using var again = Consumer(group, config => config.GroupInstanceId = "one");
        again.Subscribe(topic);
        Polling.Until(() => again.Assignment.Count == 1, "the static member to be back", again, other);

        Assert.Equal(before, again.Assignment);
        Assert.Single(other.Assignment);
    }

    [Fact]
    public async Task a_pattern_follows_topics_that_are_made_later()
    {
        var prefix = TestBroker.NewName("pattern");
        var group = TestBroker.NewName("group");
        using var admin = broker.Admin();
        await admin.CreateTopicsAsync([new() { Name = $"{prefix}-1", NumPartitions = 1 }]);
        using var member = Consumer(group);

        member.Subscribe($"^{prefix}-[0-9]+");
        Polling.Until(() => member.Assignment.Count == 1, "the first topic", member);
        await admin.CreateTopicsAsync([new() { Name = $"{prefix}-2", NumPartitions = 2 }, new() { Name = $"{prefix}-x", NumPartitions = 1 }]);
        Polling.Until(() => member.Assignment.Count == 3, "the second topic", member);

        Assert.All(member.Assignment, partition => Assert.NotEqual($"{prefix}-x", partition.Topic));
    }

    [Fact]
    public async Task a_partition_that_is_added_is_assigned()
    {
        var topic = await broker.NewTopicAsync();
        using var member = Consumer(TestBroker.NewName("group"));
        member.Subscribe(topic);
        Polling.Until(() => member.Assignment.Count == 1, "the first partition", member);

        using var admin = broker.Admin();
        await admin.CreatePartitionsAsync([new() { Topic = topic, IncreaseTo = 3 }]);
        Polling.Until(() => member.Assignment.Count == 3, "the new partitions", member);
    }

    [Theory]
    [InlineData("uniform")]
    [InlineData("range")]
    public async Task members_may_prefer_an_assignor(string assignor)
    {
        var topics = new[] { await broker.NewTopicAsync(partitions: 3), await broker.NewTopicAsync(partitions: 3) };
        var group = TestBroker.NewName("group");
        using var first = Consumer(group, config => config.GroupRemoteAssignor = assignor);
        using var second = Consumer(group, config => config.GroupRemoteAssignor = assignor);

        first.Subscribe(topics);
        second.Subscribe(topics);
        Polling.Until(() => first.Assignment.Count + second.Assignment.Count == 6 && first.Assignment.Count > 0 && second.Assignment.Count > 0, "the members to share", first, second);

        // Ranges go topic by topic, so that one member has two partitions of each; uniform shares are equal.
        var larger = Math.Max(first.Assignment.Count, second.Assignment.Count);
        Assert.Equal(assignor == "range" ? 4 : 3, larger);
    }

    [Fact]
    public async Task a_running_classic_group_becomes_one_of_the_consumer_protocol_and_a_classic_one_again()
    {
        var topic = await broker.NewTopicAsync(partitions: 4);
        var group = TestBroker.NewName("group");
        using var classic = broker.Consumer(group);
        classic.Subscribe(topic);
        Polling.Until(() => classic.Assignment.Count == 4, "the classic member to own everything", classic);

        using (var modern = Consumer(group))
        {
            modern.Subscribe(topic);
            Polling.Until(() => classic.Assignment.Count == 2 && modern.Assignment.Count == 2, "members of both protocols to share", classic, modern);
            Assert.Empty(classic.Assignment.Intersect(modern.Assignment));
            await broker.ProduceNumbersAsync(topic, 1, modern.Assignment[0].Partition);
            modern.Commit(modern.Take(1)[0]);
            modern.Close();
        }

        Polling.Until(() => classic.Assignment.Count == 4, "the classic member to own everything again", classic);
        Assert.Single(classic.Committed(classic.Assignment, TimeSpan.FromSeconds(30)), offset => offset.Offset == 1);
    }

    [Fact]
    public async Task an_empty_group_is_taken_over_with_its_offsets_by_either_protocol()
    {
        var topic = await broker.NewTopicAsync();
        var group = TestBroker.NewName("group");
        await broker.ProduceNumbersAsync(topic, 3);

        Assert.Equal("0", TakeOne(broker.Consumer(group), topic));
        Assert.Equal("1", TakeOne(Consumer(group), topic));
        Assert.Equal("2", TakeOne(broker.Consumer(group), topic));
    }

    [Fact]
    public async Task a_group_is_listed_and_described_by_its_type()
    {
        var topic = await broker.NewTopicAsync(partitions: 2);
        var group = TestBroker.NewName("group");
        using var member = Consumer(group);
        member.Subscribe(topic);
        Polling.Until(() => member.Assignment.Count == 2, "the member to own everything", member);

        using var admin = broker.Admin();
        var listed = (await admin.ListConsumerGroupsAsync()).Valid.Single(g => g.GroupId == group);
        var described = (await admin.DescribeConsumerGroupsAsync([group])).ConsumerGroupDescriptions.Single();

        Assert.Equal((ConsumerGroupType.Consumer, ConsumerGroupState.Stable), (listed.Type, listed.State));
        Assert.Equal((ConsumerGroupState.Stable, "uniform"), (described.State, described.PartitionAssignor));
        Assert.Equal(2, Assert.Single(described.Members).Assignment.TopicPartitions.Count);
    }

    private static string? TakeOne(IConsumer<string?, string?> consumer, string topic)
    {
        using (consumer)
        {
            consumer.Subscribe(topic);
            var record = consumer.Take(1)[0];
            consumer.Commit(record);
            consumer.Close();
            return record.Message.Value;
        }
    }

    private IConsumer<string?, string?> Consumer(string group, Action<ConsumerConfig>? configure = null) => broker.Consumer(group, config =>
    {
        // The coordinator sets both.
        config.SessionTimeoutMs = null;
        config.HeartbeatIntervalMs = null;
        config.GroupProtocol = GroupProtocol.Consumer;
        configure?.Invoke(config);
    });
}
