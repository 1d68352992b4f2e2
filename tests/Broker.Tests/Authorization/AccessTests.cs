using Broker.Authorization;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests.Authorization;

/// <summary>A client that is allowed nothing but what a test allows it; what is closed one by one is tested on Apache Kafka too.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task without_an_authorizer_there_are_no_entries_to_administer()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var described = await client.AskAsync<DescribeAclsRequest, DescribeAclsResponse>(Everything, 3);
        var created = await client.AskAsync<CreateAclsRequest, CreateAclsResponse>(Creation("t"), 3);
        var deleted = await client.AskAsync<DeleteAclsRequest, DeleteAclsResponse>(new() { Filters = [Filter] }, 3);

        Assert.Equal(ErrorCode.SecurityDisabled, described.ErrorCode);
        Assert.Equal(ErrorCode.SecurityDisabled, created.Results[0].ErrorCode);
        Assert.Equal(ErrorCode.SecurityDisabled, deleted.FilterResults[0].ErrorCode);
    }

    [Fact]
    public async Task who_may_do_nothing_is_told_so_by_every_api_of_the_cluster()
    {
        await using var broker = await StartGuardedAsync();
        var client = await broker.ConnectAsync();

        var described = await client.AskAsync<DescribeAclsRequest, DescribeAclsResponse>(Everything, 3);
        var created = await client.AskAsync<CreateAclsRequest, CreateAclsResponse>(Creation("t"), 3);
        var deleted = await client.AskAsync<DeleteAclsRequest, DeleteAclsResponse>(new() { Filters = [Filter] }, 3);
        var directories = await client.AskAsync<DescribeLogDirsRequest, DescribeLogDirsResponse>(new(), 4);
        var producer = await client.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(new(), 4);
        var configs = await client.AskAsync<DescribeConfigsRequest, DescribeConfigsResponse>(
            new() { Resources = [new() { ResourceType = 4, ResourceName = "1" }] }, 4);

        Assert.Equal(ErrorCode.ClusterAuthorizationFailed, described.ErrorCode);
        Assert.Equal(ErrorCode.ClusterAuthorizationFailed, created.Results[0].ErrorCode);
        Assert.Equal(ErrorCode.ClusterAuthorizationFailed, deleted.FilterResults[0].ErrorCode);
        Assert.Equal(ErrorCode.ClusterAuthorizationFailed, directories.ErrorCode);
        Assert.Equal(ErrorCode.ClusterAuthorizationFailed, producer.ErrorCode);
        Assert.Equal(ErrorCode.ClusterAuthorizationFailed, configs.Results[0].ErrorCode);
        Assert.Empty(broker.Server.Authorizer.Store!.Entries.All);
    }

    [Fact]
    public async Task to_write_one_topic_is_enough_for_a_producer_id()
    {
        await using var broker = await StartGuardedAsync();
        var client = await broker.ConnectAsync();
        Allow(broker, ResourceType.Topic, "orders-", AclOperation.Write, PatternType.Prefixed);

        var producer = await client.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(new(), 4);

        Assert.Equal(ErrorCode.None, producer.ErrorCode);
    }

    [Fact]
    public async Task a_topic_is_made_by_who_may_create_it_or_anything_in_the_cluster()
    {
        await using var broker = await StartGuardedAsync();
        var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, (await CreateAsync(client, "mine")).ErrorCode);

        Allow(broker, ResourceType.Topic, "mine", AclOperation.Create);
        var mine = await CreateAsync(client, "mine");
        Allow(broker, ResourceType.Cluster, AclBinding.ClusterName, AclOperation.Create);
        var any = await CreateAsync(client, "any");
        Allow(broker, ResourceType.Topic, "seen", AclOperation.AlterConfigs);
        var seen = await CreateAsync(client, "seen");

        Assert.Equal((ErrorCode.None, ErrorCode.TopicAuthorizationFailed, -1), (mine.ErrorCode, mine.TopicConfigErrorCode, mine.NumPartitions));
        Assert.Equal(ErrorCode.None, any.ErrorCode);
        Assert.Equal((ErrorCode.None, ErrorCode.None, 1), (seen.ErrorCode, seen.TopicConfigErrorCode, seen.NumPartitions));
        Assert.NotEmpty(seen.Configs!);
    }

    [Fact]
    public async Task asking_for_a_missing_topic_makes_it_only_for_who_may_create_it()
    {
        await using var broker = await StartGuardedAsync();
        var client = await broker.ConnectAsync();
        Allow(broker, ResourceType.Topic, "t", AclOperation.Read);

        Assert.Equal(ErrorCode.TopicAuthorizationFailed, await MetadataAsync("other"));
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, await MetadataAsync("t"));
        Allow(broker, ResourceType.Topic, "t", AclOperation.Create);
        Assert.Equal(ErrorCode.None, await MetadataAsync("t"));

        async Task<ErrorCode> MetadataAsync(string topic) =>
            (await client.AskAsync<MetadataRequest, MetadataResponse>(new() { Topics = [new() { Name = topic }] }, 12)).Topics[0].ErrorCode;
    }

    [Fact]
    public async Task a_topic_is_deleted_by_who_may_and_hidden_from_who_may_not_see_it()
    {
        await using var broker = await StartGuardedAsync();
        var client = await broker.ConnectAsync();
        var id = (await broker.Server.Topics.CreateAsync("t", 1, new Dictionary<string, string?>())).Id;

        var byName = await DeleteAsync(new() { Name = "t" });
        var missing = await DeleteAsync(new() { Name = "missing" });
        var byId = await DeleteAsync(new() { TopicId = id });
        Allow(broker, ResourceType.Topic, "*", AclOperation.Describe);
        var seen = await DeleteAsync(new() { TopicId = id });
        var seenMissing = await DeleteAsync(new() { Name = "missing" });
        Allow(broker, ResourceType.Topic, "t", AclOperation.Delete);
        var allowed = await DeleteAsync(new() { Name = "t" });

        Assert.Equal((ErrorCode.TopicAuthorizationFailed, "t", Guid.Empty), (byName.ErrorCode, byName.Name, byName.TopicId));
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, missing.ErrorCode);
        Assert.Equal((ErrorCode.TopicAuthorizationFailed, null, id), (byId.ErrorCode, byId.Name, byId.TopicId));
        Assert.Equal((ErrorCode.TopicAuthorizationFailed, "t", id), (seen.ErrorCode, seen.Name, seen.TopicId));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, seenMissing.ErrorCode);
        Assert.Equal(ErrorCode.None, allowed.ErrorCode);

        async Task<DeleteTopicsResponse.DeletableTopicResult> DeleteAsync(DeleteTopicsRequest.DeleteTopicState topic) =>
            (await client.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new() { Topics = [topic], TimeoutMs = 1000 }, 6)).Responses[0];
    }

    [Fact]
    public async Task groups_are_listed_to_who_may_describe_them()
    {
        await using var broker = await StartGuardedAsync();
        var client = await broker.ConnectAsync();
        await broker.Server.Topics.CreateAsync("t", 1, new Dictionary<string, string?>());
        Allow(broker, ResourceType.Topic, "t", AclOperation.Read);
        Allow(broker, ResourceType.Group, "g-", AclOperation.Read, PatternType.Prefixed);
        await CommitAsync(client, "g-1");
        await CommitAsync(client, "g-2");
        broker.Server.Authorizer.Store!.Add([Entry(ResourceType.Group, "g-2", AclOperation.Describe) with { Permission = AclPermission.Deny }]);

        Assert.Equal(["g-1"], await ListAsync());
        Allow(broker, ResourceType.Cluster, AclBinding.ClusterName, AclOperation.Describe);
        Assert.Equal(["g-1", "g-2"], await ListAsync());

        async Task<IEnumerable<string>> ListAsync() =>
            (await client.AskAsync<ListGroupsRequest, ListGroupsResponse>(new(), 4)).Groups.Select(g => g.GroupId).Order();
    }

    [Fact]
    public async Task nobody_fetches_as_a_replica()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("a"));
        var asReplica = Requests.Fetch("t", 0);
        asReplica.ReplicaId = 1;

        Assert.Equal(ErrorCode.TopicAuthorizationFailed, (await client.FetchAsync(asReplica)).ErrorCode);
    }

    [Fact]
    public async Task entries_are_in_force_again_after_a_restart()
    {
        await using var broker = await StartGuardedAsync();
        Allow(broker, ResourceType.Cluster, AclBinding.ClusterName, AclOperation.Alter);
        await (await broker.ConnectAsync()).AskAsync<CreateAclsRequest, CreateAclsResponse>(Creation("t"), 3);

        await broker.RestartAsync();

        var client = await broker.ConnectAsync();
        var described = await client.AskAsync<DescribeAclsRequest, DescribeAclsResponse>(Everything, 3);
        Assert.Equal(["kafka-cluster", "t"], described.Resources.Select(r => r.ResourceName).Order());
    }

    [Fact]
    public async Task a_field_of_an_entry_that_no_client_may_send_closes_the_connection()
    {
        await using var broker = await StartGuardedAsync();
        var unknownType = Creation("t");
        unknownType.Creations[0].ResourceType = 0;

        var client = await broker.ConnectAsync();
        await client.SendAsync(unknownType, 3);
        Assert.Null(await client.ReceiveFrameAsync());

        client = await broker.ConnectAsync();
        await client.SendAsync(new DescribeAclsRequest { ResourceTypeFilter = 1, PatternTypeFilter = 1, Operation = 0, PermissionType = 1 }, 3);
        Assert.Null(await client.ReceiveFrameAsync());
    }

    private static DescribeAclsRequest Everything => new() { ResourceTypeFilter = 1, PatternTypeFilter = 1, Operation = 1, PermissionType = 1 };

    private static DeleteAclsRequest.DeleteAclsFilter Filter => new() { ResourceTypeFilter = 1, PatternTypeFilter = 1, Operation = 1, PermissionType = 1 };

    private static CreateAclsRequest Creation(string topic) => new()
    {
        Creations = [new() { ResourceType = 2, ResourceName = topic, Principal = "User:a", Host = "*", Operation = 3, PermissionType = 3 }],
    };

    private static Task<TestBroker> StartGuardedAsync() =>
        TestBroker.StartAsync(o => o.AuthorizerClassName = "org.apache.kafka.metadata.authorizer.StandardAuthorizer");

    private static void Allow(
        TestBroker broker, ResourceType type, string name, AclOperation operation, PatternType pattern = PatternType.Literal) =>
        broker.Server.Authorizer.Store!.Add([Entry(type, name, operation) with { PatternType = pattern }]);

    private static AclBinding Entry(ResourceType type, string name, AclOperation operation) =>
        new(type, name, PatternType.Literal, "User:ANONYMOUS", "127.0.0.1", operation, AclPermission.Allow);

    private static async Task<CreateTopicsResponse.CreatableTopicResult> CreateAsync(KafkaClient client, string topic) =>
        (await client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(
            new() { Topics = [new() { Name = topic, NumPartitions = 1, ReplicationFactor = 1 }] }, 7)).Topics[0];

    private static async Task CommitAsync(KafkaClient client, string group)
    {
        var committed = await client.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new() { GroupId = group, Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = 0 }] }] }, 8);
        Assert.Equal(ErrorCode.None, committed.Topics[0].Partitions[0].ErrorCode);
    }
}
