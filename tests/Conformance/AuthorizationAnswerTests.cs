using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Conformance.Support;

namespace Conformance;

/// <summary>What each API answers about a topic, group or transactional id that the client has no access to.</summary>
public class AuthorizationAnswerTests(TestBroker broker)
{
    [Fact]
    public async Task produce_and_fetch_refuse_the_partition()
    {
        var topic = await ClosedTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var produced = await client.AskAsync<ProduceRequest, ProduceResponse>(Produce(topic, Batch()), 9);
        var fetched = await client.AskAsync<FetchRequest, FetchResponse>(Fetch(topic), 12);

        Assert.Equal(ErrorCode.TopicAuthorizationFailed, produced.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, fetched.Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task a_produce_without_acks_to_a_closed_topic_closes_the_connection()
    {
        var topic = await ClosedTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        await client.SendAsync(Produce(topic, Batch(), acks: 0), 9);

        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task a_transactional_batch_needs_a_transactional_id_whatever_the_request_says_of_itself()
    {
        var topic = await broker.NewTopicAsync();
        var foreignId = TestBroker.NewName("txn");
        await broker.CloseAsync(Closed.TransactionalId, foreignId);
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var without = await client.AskAsync<ProduceRequest, ProduceResponse>(Produce(topic, Batch(transactional: true)), 9);
        var underForeign = await client.AskAsync<ProduceRequest, ProduceResponse>(Produce(topic, Batch(transactional: true), id: foreignId), 9);
        var plain = await client.AskAsync<ProduceRequest, ProduceResponse>(Produce(topic, Batch(), id: foreignId), 9);

        Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, without.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, underForeign.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(ErrorCode.None, plain.Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task metadata_says_no_more_than_that_it_is_closed()
    {
        var open = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var id = (await client.AskAsync<MetadataRequest, MetadataResponse>(ByName(open), 12)).Topics[0].TopicId;
        await broker.CloseAsync(Closed.Topic, open);

        var byName = (await client.AskAsync<MetadataRequest, MetadataResponse>(ByName(open), 12)).Topics[0];
        var byId = (await client.AskAsync<MetadataRequest, MetadataResponse>(new() { Topics = [new() { TopicId = id }] }, 12)).Topics[0];
        var all = await client.AskAsync<MetadataRequest, MetadataResponse>(new() { Topics = null }, 12);

        Assert.Equal((ErrorCode.TopicAuthorizationFailed, open, Guid.Empty, 0), (byName.ErrorCode, byName.Name, byName.TopicId, byName.Partitions.Count));
        Assert.Equal((ErrorCode.TopicAuthorizationFailed, null, id, 0), (byId.ErrorCode, byId.Name, byId.TopicId, byId.Partitions.Count));
        Assert.DoesNotContain(all.Topics, t => t.Name == open);
    }

    [Fact]
    public async Task authorized_operations_are_bits_and_absent_unless_asked_for()
    {
        var topic = await broker.NewTopicAsync();
        await broker.RequireAuthorizerAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var unasked = await client.AskAsync<MetadataRequest, MetadataResponse>(ByName(topic), 10);
        var asked = await client.AskAsync<MetadataRequest, MetadataResponse>(
            new() { Topics = [new() { Name = topic }], IncludeTopicAuthorizedOperations = true, IncludeClusterAuthorizedOperations = true }, 10);
        var cluster = await client.AskAsync<DescribeClusterRequest, DescribeClusterResponse>(new() { IncludeClusterAuthorizedOperations = true }, 0);
        var group = await client.AskAsync<DescribeGroupsRequest, DescribeGroupsResponse>(
            new() { Groups = [TestBroker.NewName("group")], IncludeAuthorizedOperations = true }, 5);

        Assert.Equal(int.MinValue, unasked.Topics[0].TopicAuthorizedOperations);
        Assert.Equal(int.MinValue, unasked.ClusterAuthorizedOperations);
        Assert.Equal(0b1101_1111_1000, asked.Topics[0].TopicAuthorizedOperations);
        Assert.Equal(0b1_1111_1010_0000, asked.ClusterAuthorizedOperations);
        Assert.Equal(asked.ClusterAuthorizedOperations, cluster.ClusterAuthorizedOperations);
        Assert.Equal(0b1101_0100_1000, group.Groups[0].AuthorizedOperations);
    }

    [Fact]
    public async Task offsets_of_a_closed_topic_are_neither_told_nor_taken()
    {
        var topic = await ClosedTopicAsync();
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var listed = await client.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(
            new() { Topics = [new() { Name = topic, Partitions = [new() { Timestamp = -1 }] }] }, 7);
        var epoch = await client.AskAsync<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(
            new() { Topics = [new() { Topic = topic, Partitions = [new() { LeaderEpoch = 0 }] }] }, 4);
        var committed = await client.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new() { GroupId = group, Topics = [new() { Name = topic, Partitions = [new() { CommittedOffset = 0 }] }] }, 8);
        var fetched = await client.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
            new() { Groups = [new() { GroupId = group, Topics = [new() { Name = topic, PartitionIndexes = [0] }] }] }, 8);
        var deleted = await client.AskAsync<DeleteRecordsRequest, DeleteRecordsResponse>(
            new() { Topics = [new() { Name = topic, Partitions = [new() { Offset = -1 }] }], TimeoutMs = 1000 }, 2);

        Assert.Equal(ErrorCode.TopicAuthorizationFailed, listed.Topics[0].Partitions[0].ErrorCode);
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, committed.Topics[0].Partitions[0].ErrorCode);
        Assert.Equal((ErrorCode.TopicAuthorizationFailed, -1L), (fetched.Groups[0].Topics[0].Partitions[0].ErrorCode, fetched.Groups[0].Topics[0].Partitions[0].CommittedOffset));
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, deleted.Topics[0].Partitions[0].ErrorCode);

        // Whoever may act as a broker may ask where an epoch ended, and while the cluster has no entries that is everybody.
        Assert.Equal(ErrorCode.None, epoch.Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task settings_and_partitions_of_a_closed_topic_stay_as_they_are()
    {
        var topic = await ClosedTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var described = await client.AskAsync<DescribeConfigsRequest, DescribeConfigsResponse>(
            new() { Resources = [new() { ResourceType = 2, ResourceName = topic }] }, 4);
        var altered = await client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new() { Resources = [new() { ResourceType = 2, ResourceName = topic, Configs = [new() { Name = "retention.ms", Value = "1000" }] }] }, 1);
        var grown = await client.AskAsync<CreatePartitionsRequest, CreatePartitionsResponse>(
            new() { Topics = [new() { Name = topic, Count = 5 }], TimeoutMs = 1000 }, 3);

        Assert.Equal(ErrorCode.TopicAuthorizationFailed, described.Results[0].ErrorCode);
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, altered.Responses[0].ErrorCode);
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, grown.Results[0].ErrorCode);
    }

    [Fact]
    public async Task a_closed_group_is_closed_to_members_and_administrators()
    {
        var group = TestBroker.NewName("group");
        await broker.CloseAsync(Closed.Group, group);
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var joined = await client.AskAsync<JoinGroupRequest, JoinGroupResponse>(
            new() { GroupId = group, SessionTimeoutMs = 10_000, RebalanceTimeoutMs = 10_000, ProtocolType = "consumer", Protocols = [new() { Name = "range" }] }, 5);
        var synced = await client.AskAsync<SyncGroupRequest, SyncGroupResponse>(new() { GroupId = group, MemberId = "m" }, 3);
        var beat = await client.AskAsync<HeartbeatRequest, HeartbeatResponse>(new() { GroupId = group, MemberId = "m" }, 3);
        var left = await client.AskAsync<LeaveGroupRequest, LeaveGroupResponse>(new() { GroupId = group, Members = [new() { MemberId = "m" }] }, 4);
        var committed = await client.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new() { GroupId = group, Topics = [new() { Name = "any", Partitions = [new() { CommittedOffset = 0 }] }] }, 8);
        var fetched = await client.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(new() { Groups = [new() { GroupId = group }] }, 8);
        var described = await client.AskAsync<DescribeGroupsRequest, DescribeGroupsResponse>(new() { Groups = [group], IncludeAuthorizedOperations = true }, 5);
        var deleted = await client.AskAsync<DeleteGroupsRequest, DeleteGroupsResponse>(new() { GroupsNames = [group] }, 2);
        var offsetsDeleted = await client.AskAsync<OffsetDeleteRequest, OffsetDeleteResponse>(new() { GroupId = group }, 0);
        var found = await client.AskAsync<FindCoordinatorRequest, FindCoordinatorResponse>(new() { KeyType = 0, CoordinatorKeys = [group] }, 4);

        ErrorCode[] answers =
        [
            joined.ErrorCode, synced.ErrorCode, beat.ErrorCode, left.ErrorCode, committed.Topics[0].Partitions[0].ErrorCode, fetched.Groups[0].ErrorCode,
            described.Groups[0].ErrorCode, deleted.Results[0].ErrorCode, offsetsDeleted.ErrorCode, found.Coordinators[0].ErrorCode,
        ];
        Assert.All(answers, answer => Assert.Equal(ErrorCode.GroupAuthorizationFailed, answer));
        Assert.Equal(int.MinValue, described.Groups[0].AuthorizedOperations);
    }

    private static MetadataRequest ByName(string topic) => new() { Topics = [new() { Name = topic }] };

    private static ProduceRequest Produce(string topic, byte[] batch, short acks = -1, string? id = null) => new()
    {
        Acks = acks,
        TransactionalId = id,
        TimeoutMs = 30_000,
        TopicData = [new() { Name = topic, PartitionData = [new() { Records = batch }] }],
    };

    private static FetchRequest Fetch(string topic) => new()
    {
        MinBytes = 1,
        MaxBytes = 1 << 20,
        Topics = [new() { Topic = topic, Partitions = [new() { PartitionMaxBytes = 1 << 20 }] }],
    };

    private static byte[] Batch(bool transactional = false)
    {
        var builder = transactional
            ? new RecordBatchBuilder { IsTransactional = true, ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0 }
            : new RecordBatchBuilder();
        builder.Add(1_000, [1], [2]);
        return builder.Build();
    }

    private async Task<string> ClosedTopicAsync()
    {
        var topic = await broker.NewTopicAsync();
        await broker.CloseAsync(Closed.Topic, topic);
        return topic;
    }
}
