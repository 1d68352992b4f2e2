using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Conformance.Support;

namespace Conformance;

public class TopicAdminTests(TestBroker broker)
{
    [Fact]
    public async Task a_created_topic_is_described_and_gone_once_deleted()
    {
        var topic = await broker.NewTopicAsync(partitions: 3);
        using var admin = broker.Admin();

        var described = (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]))).TopicDescriptions.Single();
        Assert.Equal([0, 1, 2], described.Partitions.Select(partition => partition.Partition).Order());
        Assert.All(described.Partitions, partition => Assert.Equal(partition.Leader.Id, Assert.Single(partition.Replicas).Id));
        Assert.NotEqual("AAAAAAAAAAAAAAAAAAAAAA", described.TopicId.ToString());

        await admin.DeleteTopicsAsync([topic]);
        await broker.ForgetsAsync(topic);
        var missing = await Assert.ThrowsAsync<DescribeTopicsException>(() => admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic])));
        Assert.Equal(ErrorCode.UnknownTopicOrPart, missing.Results.TopicDescriptions.Single().Error.Code);
    }

    [Fact]
    public async Task a_topic_made_again_under_its_old_name_is_empty_and_has_a_new_id()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 5);
        using var admin = broker.Admin();
        var before = (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]))).TopicDescriptions.Single().TopicId.ToString();

        await admin.DeleteTopicsAsync([topic]);
        await broker.ForgetsAsync(topic);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1 }]);
        await broker.ServesAsync(topic);

        Assert.NotEqual(before, (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]))).TopicDescriptions.Single().TopicId.ToString());
        using var consumer = broker.Consumer(TestBroker.NewName("group"));
        Assert.Equal(0, consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), TimeSpan.FromSeconds(30)).High.Value);
    }

    [Fact]
    public async Task what_cannot_be_created_is_refused_with_its_reason()
    {
        var existing = await broker.NewTopicAsync();
        using var admin = broker.Admin();

        var refused = await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync(
        [
            new TopicSpecification { Name = existing, NumPartitions = 1 },
            new TopicSpecification { Name = "not/allowed", NumPartitions = 1 },
            new TopicSpecification { Name = TestBroker.NewName("topic"), NumPartitions = 0 },
            new TopicSpecification { Name = TestBroker.NewName("topic"), NumPartitions = 1, ReplicationFactor = 3 },
            new TopicSpecification { Name = TestBroker.NewName("topic"), NumPartitions = 1, Configs = new() { ["no.such.setting"] = "1" } },
        ]));

        Assert.Equal(
            [ErrorCode.TopicAlreadyExists, ErrorCode.TopicException, ErrorCode.InvalidPartitions, ErrorCode.InvalidReplicationFactor, ErrorCode.InvalidConfig],
            refused.Results.Select(result => result.Error.Code));
    }

    [Fact]
    public async Task partitions_can_be_added_but_not_taken_away()
    {
        var topic = await broker.NewTopicAsync(partitions: 2);
        using var admin = broker.Admin();

        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = 5 }]);
        await broker.ServesAsync(topic, partitions: 5);
        Assert.Equal(5, (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]))).TopicDescriptions.Single().Partitions.Count);
        await broker.ProduceNumbersAsync(topic, 1, partition: 4);

        var refused = await Assert.ThrowsAsync<CreatePartitionsException>(() =>
            admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = 3 }]));
        Assert.Equal(ErrorCode.InvalidPartitions, refused.Results.Single().Error.Code);
    }

    [Fact]
    public async Task deleting_records_moves_the_start_of_the_log()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 10);
        using var admin = broker.Admin();

        var deleted = await admin.DeleteRecordsAsync([new TopicPartitionOffset(topic, 0, 6)]);
        Assert.Equal(6, deleted.Single().Offset.Value);

        using var consumer = broker.Consumer(TestBroker.NewName("group"));
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        Assert.Equal("6", consumer.Take(1)[0].Message.Value);

        var refused = await Assert.ThrowsAsync<DeleteRecordsException>(() => admin.DeleteRecordsAsync([new TopicPartitionOffset(topic, 0, 11)]));
        Assert.Equal(ErrorCode.OffsetOutOfRange, refused.Results.Single().Error.Code);
    }

    [Fact]
    public async Task offsets_are_listed_by_specification()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 10);
        using var admin = broker.Admin();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(topic, 0, 2)]);

        async Task<long> OffsetOf(OffsetSpec spec) => (await admin.ListOffsetsAsync(
            [new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, 0), OffsetSpec = spec }])).ResultInfos.Single().TopicPartitionOffsetError.Offset.Value;

        Assert.Equal(2, await OffsetOf(OffsetSpec.Earliest()));
        Assert.Equal(10, await OffsetOf(OffsetSpec.Latest()));
    }

    [Fact]
    public async Task settings_of_a_topic_are_described_and_altered()
    {
        var topic = await broker.NewTopicAsync(configs: new() { ["retention.ms"] = "3600000" });
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        using var admin = broker.Admin();

        var before = (await admin.DescribeConfigsAsync([resource])).Single().Entries;
        Assert.Equal("3600000", before["retention.ms"].Value);
        Assert.Equal(ConfigSource.DynamicTopicConfig, before["retention.ms"].Source);
        Assert.Equal("delete", before["cleanup.policy"].Value);
        Assert.True(before["cleanup.policy"].IsDefault);

        await admin.IncrementalAlterConfigsAsync(new()
        {
            [resource] =
            [
                new ConfigEntry { Name = "retention.ms", IncrementalOperation = AlterConfigOpType.Delete },
                new ConfigEntry { Name = "max.message.bytes", Value = "5000", IncrementalOperation = AlterConfigOpType.Set },
            ],
        });

        // Apache Kafka answers a moment before a change counts.
        await Polling.HoldsAsync(
            async () => (await admin.DescribeConfigsAsync([resource])).Single().Entries is var after
                && (after["max.message.bytes"].Value, after["retention.ms"].Value) == ("5000", "604800000"),
            "both changes count");
    }

    [Fact]
    public async Task altering_settings_in_the_old_way_replaces_them_all()
    {
        var topic = await broker.NewTopicAsync(configs: new() { ["retention.ms"] = "3600000" });
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        using var admin = broker.Admin();

        await admin.AlterConfigsAsync(new() { [resource] = [new ConfigEntry { Name = "max.message.bytes", Value = "5000" }] });

        await Polling.HoldsAsync(
            async () => (await admin.DescribeConfigsAsync([resource])).Single().Entries is var after
                && (after["max.message.bytes"].Value, after["retention.ms"].Value) == ("5000", "604800000"),
            "the one counts and the other is gone");
    }

    [Fact]
    public async Task the_cluster_describes_itself()
    {
        using var admin = broker.Admin();

        var cluster = await admin.DescribeClusterAsync();

        Assert.NotEmpty(cluster.ClusterId);
        var node = Assert.Single(cluster.Nodes);
        Assert.Equal(broker.BootstrapServers, $"{node.Host}:{node.Port}");
        Assert.Equal(node.Id, cluster.Controller.Id);
    }
}
