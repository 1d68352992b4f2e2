using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;
using Broker.Tests.Transactions.Support;

namespace Broker.Tests;

/// <summary>The topics that hold the broker's own state are made as such, whoever asks for them first, and stay so.</summary>
public sealed class InternalTopicTests
{
    [Theory]
    [InlineData("__consumer_offsets", 3, 2_000_000)]
    [InlineData("__transaction_state", 4, 3_000_000)]
    public async Task asking_for_its_metadata_makes_it_with_its_own_settings(string name, int partitions, int segmentBytes)
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();

        var made = Assert.Single((await client.AskAsync<MetadataRequest, MetadataResponse>(
            new MetadataRequest { Topics = [new() { Name = name }], AllowAutoTopicCreation = true }, 12)).Topics);

        Assert.Equal((ErrorCode.None, partitions, true), (made.ErrorCode, made.Partitions.Count, made.IsInternal));
        var config = broker.Server.Topics.All.Single(t => t.Name == name).Config;
        Assert.Equal((true, false, segmentBytes), (config.IsCompacted, config.IsDeleted, config.SegmentBytes));
    }

    [Theory]
    [InlineData("__consumer_offsets", 3)]
    [InlineData("__transaction_state", 4)]
    public async Task a_client_that_creates_it_gets_it_compacted_or_not_at_all(string name, int partitions)
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();

        Assert.Equal(ErrorCode.InvalidConfig, (await CreateAsync(client, name, -1, "delete")).ErrorCode);
        Assert.Equal(ErrorCode.InvalidConfig, (await CreateAsync(client, name, -1, "compact,delete")).ErrorCode);
        var made = await CreateAsync(client, name, -1, policy: null);
        Assert.Equal((ErrorCode.None, partitions), (made.ErrorCode, made.NumPartitions));
        Assert.Equal("compact", made.Configs!.Single(c => c.Name == "cleanup.policy").Value);

        Assert.Equal(ErrorCode.InvalidConfig, await AlterAsync(client, name, ConfigOperation.Set, "delete"));
        Assert.Equal(ErrorCode.InvalidConfig, await AlterAsync(client, name, ConfigOperation.Delete, null));
        Assert.True(broker.Server.Topics.All.Single(t => t.Name == name).Config.IsCompacted);
    }

    [Theory]
    [InlineData("__consumer_offsets")]
    [InlineData("__transaction_state")]
    public async Task one_that_was_made_like_any_other_topic_is_put_right_at_start(string name)
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await CreateAsync(client, name, 2, policy: null);
        await broker.Server.StopAsync();
        var file = Path.Combine(broker.DirectoryPath, "topics.json");
        var text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, text.Replace("\"cleanup.policy\": \"compact\",", "", StringComparison.Ordinal));

        for (var start = 0; start < 2; start++)
        {
            await broker.RestartAsync();
            var config = broker.Server.Topics.All.Single(t => t.Name == name).Config;
            Assert.Equal((true, false), (config.IsCompacted, config.IsDeleted));
            Assert.Single(broker.Log.Lines, l => l.StartsWith($"Warning: Topic {name} holds state of the broker", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task transactions_go_on_where_a_client_asked_for_the_topic_first()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.AskAsync<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [new() { Name = "__transaction_state" }], AllowAutoTopicCreation = true }, 12);
        await client.CreateTopicAsync("t");

        var producer = await client.InitTransactionsAsync("id");
        Assert.Equal(ErrorCode.None, await client.WriteAsync("id", producer, "t", "a"));
        await client.EndTransactionAsync("id", producer, commit: true);

        Assert.Equal(["a"], await client.ReadCommittedAsync("t"));
    }

    private static Task<TestBroker> StartAsync() => TestBroker.StartAsync(options =>
    {
        (options.OffsetsTopicNumPartitions, options.OffsetsTopicSegmentBytes) = (3, 2_000_000);
        (options.TransactionStateLogNumPartitions, options.TransactionStateLogSegmentBytes) = (4, 3_000_000);
        (options.NumPartitions, options.LogCleanupPolicy) = (1, "delete");
    });

    private static async Task<CreateTopicsResponse.CreatableTopicResult> CreateAsync(KafkaClient client, string name, int partitions, string? policy)
    {
        var topic = new CreateTopicsRequest.CreatableTopic { Name = name, NumPartitions = partitions, ReplicationFactor = -1 };
        if (policy is not null)
            topic.Configs = [new() { Name = "cleanup.policy", Value = policy }];
        return Assert.Single((await client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(new() { Topics = [topic] }, 7)).Topics);
    }

    private static async Task<ErrorCode> AlterAsync(KafkaClient client, string name, ConfigOperation operation, string? value)
    {
        const sbyte topic = 2;
        var request = new IncrementalAlterConfigsRequest
        {
            Resources =
            [
                new()
                {
                    ResourceType = topic,
                    ResourceName = name,
                    Configs = [new() { Name = "cleanup.policy", ConfigOperation = (sbyte)operation, Value = value }],
                },
            ],
        };
        return Assert.Single((await client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(request, 1)).Responses).ErrorCode;
    }

    private enum ConfigOperation : sbyte
    {
        Set = 0,
        Delete = 1,
    }
}
