using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;
using static Broker.Protocol.Messages.DescribeConfigsResponse;

namespace Broker.Tests;

public sealed class ConfigTests
{
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const sbyte Append = 2;

    [Fact]
    public async Task a_setting_tells_where_it_comes_from()
    {
        await using var broker = await TestBroker.StartAsync(o => o.LogSegmentBytes = 2048);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("retention.ms", "5000"), ("max.message.bytes", "6000"));

        var configs = await DescribeAsync(client);

        Assert.Equal(("5000", 1), (configs["retention.ms"].Value, configs["retention.ms"].ConfigSource));
        Assert.Equal(("2048", 4), (configs["segment.bytes"].Value, configs["segment.bytes"].ConfigSource));
        Assert.Equal(("delete", 5), (configs["cleanup.policy"].Value, configs["cleanup.policy"].ConfigSource));
        Assert.Equal(["retention.ms"], configs["retention.ms"].Synonyms.Select(s => s.Name));
        Assert.Equal(["max.message.bytes", "message.max.bytes"], configs["max.message.bytes"].Synonyms.Select(s => s.Name));
    }

    [Fact]
    public async Task settings_change_while_the_broker_runs_and_outlive_it()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("retention.ms", "5000"));

        Assert.Equal(ErrorCode.None, await AlterAsync(client, (Set, "max.message.bytes", "100"), (Delete, "retention.ms", null), (Append, "cleanup.policy", "compact")));
        Assert.Equal(ErrorCode.MessageTooLarge, (await client.ProduceAsync("t", Requests.Batch(new string('x', 200)))).ErrorCode);

        await broker.RestartAsync();
        var configs = await DescribeAsync(await broker.ConnectAsync());
        Assert.Equal("100", configs["max.message.bytes"].Value);
        Assert.Equal("604800000", configs["retention.ms"].Value);
        Assert.Equal("delete,compact", configs["cleanup.policy"].Value);
    }

    [Fact]
    public async Task a_refused_change_changes_nothing()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        Assert.Equal(ErrorCode.InvalidConfig, await AlterAsync(client, (Set, "retention.ms", "5000"), (Set, "segment.bytes", "few")));

        Assert.Equal("604800000", (await DescribeAsync(client))["retention.ms"].Value);
    }

    private static async Task<Dictionary<string, DescribeConfigsResourceResult>> DescribeAsync(KafkaClient client)
    {
        var response = await client.AskAsync<DescribeConfigsRequest, DescribeConfigsResponse>(
            new DescribeConfigsRequest
            {
                Resources = [new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = 2, ResourceName = "t", ConfigurationKeys = null }],
                IncludeSynonyms = true,
            },
            4);
        return Assert.Single(response.Results).Configs.ToDictionary(c => c.Name);
    }

    private static async Task<ErrorCode> AlterAsync(KafkaClient client, params (sbyte Operation, string Name, string? Value)[] changes)
    {
        var response = await client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new IncrementalAlterConfigsRequest
            {
                Resources =
                [
                    new IncrementalAlterConfigsRequest.AlterConfigsResource
                    {
                        ResourceType = 2,
                        ResourceName = "t",
                        Configs = changes.Select(c => new IncrementalAlterConfigsRequest.AlterableConfig
                        {
                            Name = c.Name,
                            ConfigOperation = c.Operation,
                            Value = c.Value,
                        }).ToList(),
                    },
                ],
            },
            1);
        return Assert.Single(response.Responses).ErrorCode;
    }
}
