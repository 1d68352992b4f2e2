using System.Text.Json.Nodes;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests;

public sealed class TopicTests
{
    [Fact]
    public async Task topics_records_and_ids_survive_a_restart()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 3, ("retention.ms", "1000000"));
        await client.ProduceAsync("t", Requests.Batch("a"), partition: 2);
        var before = await MetadataAsync(client, "t");

        await broker.RestartAsync();
        client = await broker.ConnectAsync();

        var after = await MetadataAsync(client, "t");
        Assert.Equal(before.TopicId, after.TopicId);
        Assert.Equal(3, after.Partitions.Count);
        Assert.True(after.Partitions[0].LeaderEpoch > before.Partitions[0].LeaderEpoch);
        Assert.Equal(["0:a"], (await client.FetchAsync(Requests.Fetch("t", 0, partition: 2))).Records());
        Assert.Equal("1000000", await ConfigAsync(client, "t", "retention.ms"));
    }

    [Fact]
    public async Task a_topic_made_again_has_another_id_and_no_records()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("a"));
        var first = (await MetadataAsync(client, "t")).TopicId;

        Assert.Equal(ErrorCode.None, await DeleteAsync(client, "t"));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await MetadataAsync(client, "t", create: false)).ErrorCode);
        Assert.False(Directory.Exists(Path.Combine(broker.DirectoryPath, "t-0")));
        await client.CreateTopicAsync("t");

        Assert.NotEqual(first, (await MetadataAsync(client, "t")).TopicId);
        Assert.Empty((await client.FetchAsync(Requests.Fetch("t", 0))).Records());
    }

    [Fact]
    public async Task deleting_a_topic_ends_a_long_poll_on_it()
    {
        await using var broker = await TestBroker.StartAsync();
        var reader = await broker.ConnectAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        var poll = await reader.SendAsync(Requests.Fetch("t", 0, maxWaitMs: 60_000), Requests.FetchVersion);
        await DeleteAsync(client, "t");

        var fetched = Requests.Only(await reader.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Requests.FetchVersion, poll));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, fetched.ErrorCode);
    }

    [Fact]
    public async Task a_topic_left_half_made_or_half_deleted_is_completed_at_start()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("made", 2);
        await client.CreateTopicAsync("deleted", 2);
        await broker.Server.StopAsync();

        Directory.Delete(Path.Combine(broker.DirectoryPath, "made-1"), recursive: true);
        await EditAsync(broker, "made", made => made["creatingFrom"] = 1);
        await EditAsync(broker, "deleted", deleted => deleted["deleting"] = true);

        await broker.RestartAsync();
        client = await broker.ConnectAsync();

        Assert.Equal(0, (await client.ProduceAsync("made", Requests.Batch("a"), partition: 1)).BaseOffset);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await MetadataAsync(client, "deleted", create: false)).ErrorCode);
        Assert.False(Directory.Exists(Path.Combine(broker.DirectoryPath, "deleted-1")));
        Assert.DoesNotContain("creatingFrom", await File.ReadAllTextAsync(Path.Combine(broker.DirectoryPath, "topics.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_partition_that_has_lost_its_log_is_offline_and_does_not_begin_anew(bool withDirectory)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 2);
        await client.ProduceAsync("t", Requests.Batch("a"), partition: 1);
        await broker.Server.StopAsync();
        var lost = Path.Combine(broker.DirectoryPath, "t-1");
        Directory.Delete(lost, recursive: true);
        if (withDirectory)
            Directory.CreateDirectory(lost);

        await broker.RestartAsync();
        client = await broker.ConnectAsync();

        Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Requests.Batch("b"), partition: 1)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Requests.Batch("b"), partition: 0)).ErrorCode);
        Assert.Contains(broker.Log.Lines, l => l.Contains($"There is no log in {lost}, and there was one.", StringComparison.Ordinal));
        Assert.Equal(withDirectory, Directory.Exists(lost));
        Assert.Equal(ErrorCode.None, await DeleteAsync(client, "t"));
        await client.CreateTopicAsync("t", 2);
        Assert.Equal(0, (await client.ProduceAsync("t", Requests.Batch("c"), partition: 1)).BaseOffset);
    }

    [Theory]
    [InlineData("topics.json", null, "and there are logs, as t-0")]
    [InlineData("topics.json", "{}", "cannot be read")]
    [InlineData("topics.json", """{"topics": null}""", "cannot be read")]
    [InlineData("broker.json", null, "and there are topics")]
    [InlineData("broker.json", """{"clusterId": "x"}""", "cannot be read")]
    [InlineData("acls.json", "{}", "cannot be read")]
    [InlineData("scram.json", "{}", "cannot be read")]
    [InlineData("quotas.json", "{}", "cannot be read")]
    [InlineData("group-configs.json", "{}", "cannot be read")]
    [InlineData("broker-configs.json", "{}", "cannot be read")]
    public async Task a_state_file_that_is_lost_or_damaged_ends_the_start(string name, string? content, string message)
    {
        await using var broker = await TestBroker.StartAsync(o => o.AuthorizerClassName = "StandardAuthorizer");
        await broker.Server.Admin.CreateTopicAsync("t");
        await broker.Server.StopAsync();
        var file = Path.Combine(broker.DirectoryPath, name);
        if (content is null)
            File.Delete(file);
        else
            await File.WriteAllTextAsync(file, content);

        var refused = await Assert.ThrowsAsync<InvalidDataException>(broker.RestartAsync);

        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(broker.DirectoryPath, "t-0")));
    }

    [Theory]
    [InlineData("", ErrorCode.InvalidTopicException)]
    [InlineData(".", ErrorCode.InvalidTopicException)]
    [InlineData("..", ErrorCode.InvalidTopicException)]
    [InlineData("../escape", ErrorCode.InvalidTopicException)]
    [InlineData("a b", ErrorCode.InvalidTopicException)]
    [InlineData("taken.name", ErrorCode.InvalidTopicException)]
    [InlineData("taken_name", ErrorCode.TopicAlreadyExists)]
    public async Task a_bad_name_is_refused(string name, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("taken_name");

        Assert.Equal(error, (await CreateAsync(client, name, 1, 1)).ErrorCode);
    }

    [Fact]
    public async Task a_name_has_at_most_249_characters()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        Assert.Equal(ErrorCode.None, (await CreateAsync(client, new string('x', 249), 1, 1)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidTopicException, (await CreateAsync(client, new string('y', 250), 1, 1)).ErrorCode);
    }

    [Theory]
    [InlineData(0, 1, null, ErrorCode.InvalidPartitions)]
    [InlineData(-2, 1, null, ErrorCode.InvalidPartitions)]
    [InlineData(1, 3, null, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, 1, "retention.msec", ErrorCode.InvalidConfig)]
    [InlineData(1, 1, "cleanup.policy", ErrorCode.InvalidConfig)]
    public async Task a_bad_shape_is_refused_and_nothing_is_made(int partitions, short replicas, string? config, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        Assert.Equal(error, (await CreateAsync(client, "t", partitions, replicas, config)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await MetadataAsync(client, "t", create: false)).ErrorCode);
    }

    [Fact]
    public async Task asking_for_a_missing_topic_creates_it_when_allowed_and_it_can_be_used_at_once()
    {
        await using var broker = await TestBroker.StartAsync(o => o.NumPartitions = 4);
        var client = await broker.ConnectAsync();

        var made = await MetadataAsync(client, "auto");

        Assert.Equal((ErrorCode.None, 4), (made.ErrorCode, made.Partitions.Count));
        Assert.Equal(0, (await client.ProduceAsync("auto", Requests.Batch("a"), partition: 3)).BaseOffset);
    }

    [Fact]
    public async Task asking_for_a_missing_topic_does_not_create_it_when_switched_off()
    {
        await using var broker = await TestBroker.StartAsync(o => o.AutoCreateTopicsEnable = false);
        var client = await broker.ConnectAsync();

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await MetadataAsync(client, "auto")).ErrorCode);
    }

    [Fact]
    public async Task partitions_can_be_added_but_not_taken_away()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 2);

        Assert.Equal(ErrorCode.None, await GrowAsync(client, 5));
        Assert.Equal(ErrorCode.InvalidPartitions, await GrowAsync(client, 5));
        Assert.Equal(0, (await client.ProduceAsync("t", Requests.Batch("a"), partition: 4)).BaseOffset);
        await broker.RestartAsync();

        Assert.Equal(5, (await MetadataAsync(await broker.ConnectAsync(), "t")).Partitions.Count);
    }

    [Fact]
    public async Task records_can_be_deleted_up_to_an_offset()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        foreach (var value in new[] { "a", "b", "c" })
            await client.ProduceAsync("t", Requests.Batch(value));

        Assert.Equal((ErrorCode.None, 2L), await DeleteRecordsAsync(client, 2));
        Assert.Single(broker.Log.Lines, l => l.Contains("t-0 starts at offset 2 by request", StringComparison.Ordinal));
        Assert.Equal((ErrorCode.None, 2L), await DeleteRecordsAsync(client, 1));
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1L), await DeleteRecordsAsync(client, 4));
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await client.FetchAsync(Requests.Fetch("t", 1))).ErrorCode);
        Assert.Equal(["2:c"], (await client.FetchAsync(Requests.Fetch("t", 2))).Records());
        Assert.Equal((ErrorCode.None, 3L), await DeleteRecordsAsync(client, -1));
    }

    private static async Task EditAsync(TestBroker broker, string topic, Action<JsonNode> edit)
    {
        var path = Path.Combine(broker.DirectoryPath, "topics.json");
        var file = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        edit(file["topics"]!.AsArray().Single(t => (string)t!["name"]! == topic)!);
        await File.WriteAllTextAsync(path, file.ToJsonString());
    }

    private static async Task<MetadataResponse.MetadataResponseTopic> MetadataAsync(KafkaClient client, string topic, bool create = true)
    {
        var response = await client.AskAsync<MetadataRequest, MetadataResponse>(
            new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = topic }], AllowAutoTopicCreation = create }, 12);
        return Assert.Single(response.Topics);
    }

    private static async Task<CreateTopicsResponse.CreatableTopicResult> CreateAsync(
        KafkaClient client, string name, int partitions, short replicas, string? config = null)
    {
        var topic = new CreateTopicsRequest.CreatableTopic { Name = name, NumPartitions = partitions, ReplicationFactor = replicas };
        if (config is not null)
            topic.Configs = [new CreateTopicsRequest.CreatableTopicConfig { Name = config, Value = "nonsense" }];
        var response = await client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(new CreateTopicsRequest { Topics = [topic] }, 7);
        return Assert.Single(response.Topics);
    }

    private static async Task<ErrorCode> DeleteAsync(KafkaClient client, string topic)
    {
        var response = await client.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new DeleteTopicsRequest { TopicNames = [topic] }, 5);
        return Assert.Single(response.Responses).ErrorCode;
    }

    private static async Task<ErrorCode> GrowAsync(KafkaClient client, int count)
    {
        var response = await client.AskAsync<CreatePartitionsRequest, CreatePartitionsResponse>(
            new CreatePartitionsRequest { Topics = [new CreatePartitionsRequest.CreatePartitionsTopic { Name = "t", Count = count, Assignments = null }] }, 3);
        return Assert.Single(response.Results).ErrorCode;
    }

    private static async Task<(ErrorCode, long)> DeleteRecordsAsync(KafkaClient client, long offset)
    {
        var response = await client.AskAsync<DeleteRecordsRequest, DeleteRecordsResponse>(Requests.DeleteRecords("t", offset), 2);
        var result = response.Topics[0].Partitions[0];
        return (result.ErrorCode, result.LowWatermark);
    }

    private static async Task<string?> ConfigAsync(KafkaClient client, string topic, string name)
    {
        var response = await client.AskAsync<DescribeConfigsRequest, DescribeConfigsResponse>(
            new DescribeConfigsRequest
            {
                Resources = [new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = 2, ResourceName = topic, ConfigurationKeys = [name] }],
            },
            4);
        return response.Results[0].Configs[0].Value;
    }
}
