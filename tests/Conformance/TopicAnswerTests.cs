using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;
using static Broker.Protocol.Messages.CreatePartitionsRequest;
using static Broker.Protocol.Messages.CreateTopicsRequest;
using static Broker.Protocol.Messages.DeleteTopicsRequest;
using static Broker.Protocol.Messages.DescribeTopicPartitionsRequest;

namespace Conformance;

/// <summary>What Apache Kafka answers to requests about topics that are not quite right.</summary>
public class TopicAnswerTests(TestBroker broker)
{
    [Theory]
    [InlineData(0, 1, ErrorCode.InvalidPartitions)]
    [InlineData(-2, 1, ErrorCode.InvalidPartitions)]
    [InlineData(1, 0, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, -2, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, 100, ErrorCode.InvalidReplicationFactor)]
    [InlineData(-1, -1, ErrorCode.None)]
    public async Task numbers_of_a_new_topic_are_checked(int partitions, short replicas, ErrorCode error)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var answer = await CreateAsync(client, new CreatableTopic { Name = TestBroker.NewName("topic"), NumPartitions = partitions, ReplicationFactor = replicas });

        Assert.Equal(error, Assert.Single(answer).ErrorCode);
    }

    [Fact]
    public async Task that_a_topic_exists_is_said_before_anything_else()
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var answer = await CreateAsync(client, new CreatableTopic { Name = await broker.NewTopicAsync(), NumPartitions = 1, ReplicationFactor = 100 });

        Assert.Equal(ErrorCode.TopicAlreadyExists, Assert.Single(answer).ErrorCode);
    }

    [Fact]
    public async Task a_name_twice_in_a_request_is_answered_once_and_not_created()
    {
        var (once, twice) = (TestBroker.NewName("topic"), TestBroker.NewName("topic"));
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var answer = await CreateAsync(client, Topic(twice), Topic(once), Topic(twice));

        Assert.Equal(
            new[] { (once, ErrorCode.None), (twice, ErrorCode.InvalidRequest) }.Order(),
            answer.Select(t => (t.Name, t.ErrorCode)).Order());
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Assert.Single(await DeleteAsync(client, new DeleteTopicState { Name = twice })).ErrorCode);
    }

    [Theory]
    [InlineData(new[] { 0, 1 }, true, ErrorCode.None)]
    [InlineData(new[] { 1, 0 }, true, ErrorCode.None)]
    [InlineData(new[] { 0, 2 }, true, ErrorCode.InvalidReplicaAssignment)]
    [InlineData(new[] { 1 }, true, ErrorCode.InvalidReplicaAssignment)]
    [InlineData(new[] { 0, 0 }, true, ErrorCode.InvalidReplicaAssignment)]
    [InlineData(new[] { 0 }, false, ErrorCode.InvalidReplicaAssignment)]
    public async Task partitions_are_put_on_named_brokers(int[] partitions, bool onThisBroker, ErrorCode error)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var node = onThisBroker ? await NodeIdAsync(client) : 999;

        var answer = await CreateAsync(client, new CreatableTopic
        {
            Name = TestBroker.NewName("topic"),
            NumPartitions = -1,
            ReplicationFactor = -1,
            Assignments = partitions.Select(p => new CreatableReplicaAssignment { PartitionIndex = p, BrokerIds = [node] }).ToList(),
        });

        Assert.Equal(error, Assert.Single(answer).ErrorCode);
        if (error == ErrorCode.None)
            Assert.Equal((partitions.Length, 1), (answer[0].NumPartitions, answer[0].ReplicationFactor));
    }

    [Fact]
    public async Task numbers_beside_an_assignment_are_refused()
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var assignment = new CreatableReplicaAssignment { PartitionIndex = 0, BrokerIds = [await NodeIdAsync(client)] };

        var answer = await CreateAsync(
            client,
            new CreatableTopic { Name = TestBroker.NewName("topic"), NumPartitions = 1, ReplicationFactor = -1, Assignments = [assignment] },
            new CreatableTopic { Name = TestBroker.NewName("topic"), NumPartitions = -1, ReplicationFactor = 1, Assignments = [assignment] });

        Assert.All(answer, topic => Assert.Equal(ErrorCode.InvalidRequest, topic.ErrorCode));
    }

    [Fact]
    public async Task what_is_only_validated_is_not_created()
    {
        var name = TestBroker.NewName("topic");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var validated = await client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(
            new CreateTopicsRequest { Topics = [Topic(name, partitions: 3)], TimeoutMs = 30_000, ValidateOnly = true }, 7);

        Assert.Equal((ErrorCode.None, 3), (validated.Topics[0].ErrorCode, validated.Topics[0].NumPartitions));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Assert.Single(await DeleteAsync(client, new DeleteTopicState { Name = name })).ErrorCode);
    }

    [Theory]
    [InlineData("__cluster_metadata", ErrorCode.InvalidRequest)]
    [InlineData("", ErrorCode.InvalidTopicException)]
    [InlineData("..", ErrorCode.InvalidTopicException)]
    [InlineData("a/b", ErrorCode.InvalidTopicException)]
    public async Task a_name_nobody_may_have_is_refused(string name, ErrorCode error)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(error, Assert.Single(await CreateAsync(client, Topic(name))).ErrorCode);
    }

    [Fact]
    public async Task partitions_are_added_once_upwards_and_as_many_as_are_assigned()
    {
        var (topic, twice) = (await broker.NewTopicAsync(partitions: 2), await broker.NewTopicAsync());
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var node = await NodeIdAsync(client);

        async Task<ErrorCode> Add(int count, params int[][] assignments) => (await client.AskAsync<CreatePartitionsRequest, CreatePartitionsResponse>(
            new CreatePartitionsRequest
            {
                Topics =
                [
                    new CreatePartitionsTopic
                    {
                        Name = topic,
                        Count = count,
                        Assignments = assignments.Length == 0 ? null : assignments.Select(a => new CreatePartitionsAssignment { BrokerIds = a }).ToList(),
                    },
                    new CreatePartitionsTopic { Name = twice, Count = 7 },
                    new CreatePartitionsTopic { Name = twice, Count = 8 },
                ],
                TimeoutMs = 30_000,
            },
            3)).Results.Single(r => r.Name == topic).ErrorCode;

        Assert.Equal(ErrorCode.InvalidPartitions, await Add(2));
        Assert.Equal(ErrorCode.InvalidPartitions, await Add(1));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, await Add(4, [node]));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, await Add(3, [999]));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, await Add(3, [[]]));
        Assert.Equal(ErrorCode.None, await Add(3, [node]));
        Assert.Equal(ErrorCode.InvalidPartitions, await Add(3));
    }

    [Fact]
    public async Task a_topic_is_deleted_by_name_or_by_id_and_not_by_both_or_neither()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var unknownId = new DeleteTopicState { Name = null, TopicId = Guid.NewGuid() };
        Assert.Equal(ErrorCode.UnknownTopicId, Assert.Single(await DeleteAsync(client, unknownId)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(await DeleteAsync(client, unknownId, unknownId)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(await DeleteAsync(client, new DeleteTopicState { Name = topic, TopicId = Guid.NewGuid() })).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(await DeleteAsync(client, new DeleteTopicState { Name = null })).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(await DeleteAsync(client, new DeleteTopicState { Name = topic }, new DeleteTopicState { Name = topic })).ErrorCode);
        Assert.Equal(ErrorCode.None, Assert.Single(await DeleteAsync(client, new DeleteTopicState { Name = topic })).ErrorCode);
    }

    [Fact]
    public async Task partitions_of_topics_come_page_by_page()
    {
        var names = new[] { await broker.NewTopicAsync(partitions: 3), await broker.NewTopicAsync(partitions: 2) }.Order(StringComparer.Ordinal).ToArray();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var seen = new List<(string?, int)>();
        PartitionCursor? cursor = null;
        var pages = 0;
        do
        {
            var page = await DescribeAsync(client, 2, cursor, names);
            seen.AddRange(page.Topics.SelectMany(t => t.Partitions.Select(p => (t.Name, p.PartitionIndex))));
            cursor = page.NextCursor is { } next ? new PartitionCursor { TopicName = next.TopicName, PartitionIndex = next.PartitionIndex } : null;
            pages++;
        }
        while (cursor is not null);

        Assert.Equal(3, pages);
        Assert.Equal(5, seen.Count);
        Assert.Equal(seen.Order(), seen);
    }

    [Fact]
    public async Task a_page_of_nothing_known_says_so()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var unknown = await DescribeAsync(client, 10, null, TestBroker.NewName("topic"), "a/b");
        var strayCursor = await DescribeAsync(client, 10, new PartitionCursor { TopicName = "elsewhere" }, topic);
        var beyond = await DescribeAsync(client, 10, new PartitionCursor { TopicName = topic, PartitionIndex = 7 }, topic);

        Assert.Equal([ErrorCode.InvalidTopicException, ErrorCode.UnknownTopicOrPartition], unknown.Topics.Select(t => t.ErrorCode));
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(strayCursor.Topics).ErrorCode);
        Assert.Empty(Assert.Single(beyond.Topics).Partitions);
    }

    private static CreatableTopic Topic(string name, int partitions = 1) => new() { Name = name, NumPartitions = partitions, ReplicationFactor = 1 };

    private static async Task<IReadOnlyList<CreateTopicsResponse.CreatableTopicResult>> CreateAsync(RawClient client, params CreatableTopic[] topics) =>
        (await client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(new CreateTopicsRequest { Topics = topics, TimeoutMs = 30_000 }, 7)).Topics;

    private static async Task<IReadOnlyList<DeleteTopicsResponse.DeletableTopicResult>> DeleteAsync(RawClient client, params DeleteTopicState[] topics) =>
        (await client.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new DeleteTopicsRequest { Topics = topics, TimeoutMs = 30_000 }, 6)).Responses;

    private static Task<DescribeTopicPartitionsResponse> DescribeAsync(RawClient client, int limit, PartitionCursor? cursor, params string[] names) =>
        client.AskAsync<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(
            new DescribeTopicPartitionsRequest
            {
                Topics = names.Select(name => new TopicRequest { Name = name }).ToList(),
                ResponsePartitionLimit = limit,
                Cursor = cursor,
            },
            0);

    private static async Task<int> NodeIdAsync(RawClient client) =>
        (await client.AskAsync<DescribeClusterRequest, DescribeClusterResponse>(new DescribeClusterRequest(), 1)).ControllerId;
}
