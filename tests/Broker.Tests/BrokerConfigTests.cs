using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using static Broker.Protocol.Messages.DescribeConfigsResponse;

namespace Broker.Tests;

public sealed class BrokerConfigTests
{
    private const string AllBrokers = "";
    private const string ThisBroker = "1";
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const sbyte Append = 2;

    [Fact]
    public async Task a_change_takes_effect_at_once_and_outlives_the_broker()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.CreateTopicAsync("own", 1, ("max.message.bytes", "5000"));

        Assert.Equal(ErrorCode.None, (await AlterAsync(client, ThisBroker, (Set, "message.max.bytes", "100"))).ErrorCode);
        Assert.Equal(ErrorCode.MessageTooLarge, (await client.ProduceAsync("t", Requests.Batch(new string('x', 200)))).ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("own", Requests.Batch(new string('x', 200)))).ErrorCode);

        await broker.RestartAsync();
        client = await broker.ConnectAsync();
        await client.CreateTopicAsync("later");
        Assert.Equal(ErrorCode.MessageTooLarge, (await client.ProduceAsync("later", Requests.Batch(new string('x', 200)))).ErrorCode);

        Assert.Equal(ErrorCode.None, (await AlterAsync(client, ThisBroker, (Delete, "message.max.bytes", null))).ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Requests.Batch(new string('x', 200)))).ErrorCode);
    }

    [Fact]
    public async Task what_is_set_for_this_broker_wins_over_all_brokers_and_both_over_the_start()
    {
        await using var broker = await TestBroker.StartAsync(o => o.LogSegmentBytes = 2048);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        await AlterAsync(client, AllBrokers, (Set, "log.segment.bytes", "4096"), (Set, "log.retention.ms", "7000"));
        await AlterAsync(client, ThisBroker, (Set, "log.segment.bytes", "8192"));

        var ofBroker = await DescribeAsync(client, 4, ThisBroker);
        Assert.Equal(
            [("log.segment.bytes", "8192", 2), ("log.segment.bytes", "4096", 3), ("log.segment.bytes", "2048", 4), ("log.segment.bytes", "1073741824", 5)],
            ofBroker["log.segment.bytes"].Synonyms.Select(s => (s.Name, s.Value!, (int)s.Source)));
        Assert.Equal(("7000", 3), (ofBroker["log.retention.ms"].Value, ofBroker["log.retention.ms"].ConfigSource));
        var ofTopic = await DescribeAsync(client, 2, "t");
        Assert.Equal(("8192", 2), (ofTopic["segment.bytes"].Value, ofTopic["segment.bytes"].ConfigSource));
        Assert.Equal(("7000", 3), (ofTopic["retention.ms"].Value, ofTopic["retention.ms"].ConfigSource));
        Assert.Equal(["log.retention.ms", "log.segment.bytes"], (await DescribeAsync(client, 4, AllBrokers)).Keys.Order());
    }

    [Fact]
    public async Task the_limit_on_connections_changes_while_they_are_open()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        await AlterAsync(client, ThisBroker, (Set, "max.connections", "1"));
        await Assert.ThrowsAnyAsync<IOException>(async () => await DescribeAsync(await broker.ConnectAsync(), 4, ThisBroker));

        await AlterAsync(client, ThisBroker, (Delete, "max.connections", null));
        Assert.NotEmpty(await DescribeAsync(await broker.ConnectAsync(), 4, ThisBroker));
    }

    [Fact]
    public async Task a_producer_is_forgotten_after_the_time_that_is_set_now()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(1));
        await using var broker = await TestBroker.StartAsync(o => o.ConnectionsMaxIdleMs = -1, time);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var batch = new RecordBatchBuilder { ProducerId = 7, ProducerEpoch = 0, BaseSequence = 0 }.Add(1, null, [1]).Build();
        Assert.Equal(0, (await client.ProduceAsync("t", batch)).BaseOffset);
        Assert.Equal("86400000", (await DescribeAsync(client, 4, ThisBroker))["producer.id.expiration.ms"].Value);
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(0, (await client.ProduceAsync("t", batch)).BaseOffset);

        Assert.Equal(ErrorCode.None, (await AlterAsync(client, AllBrokers, (Set, "producer.id.expiration.ms", "600000"))).ErrorCode);
        var log = broker.Server.Topics.FindPartition("t", 0)!.Log!;
        while (log.ActiveProducers().Count > 0)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await client.FetchAsync(Requests.Fetch("t", 0));
        }

        Assert.Equal(1, (await client.ProduceAsync("t", batch)).BaseOffset);
        Assert.Equal(ErrorCode.InvalidRequest, (await AlterAsync(client, AllBrokers, (Set, "producer.id.expiration.ms", "0"))).ErrorCode);
    }

    [Fact]
    public async Task a_list_is_appended_to()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        Assert.Equal(ErrorCode.None, (await AlterAsync(client, ThisBroker, (Append, "log.cleanup.policy", "compact"))).ErrorCode);

        Assert.Equal("delete,compact", (await DescribeAsync(client, 4, ThisBroker))["log.cleanup.policy"].Value);
    }

    [Theory]
    [InlineData(ThisBroker, "node.id", "7")]
    [InlineData(AllBrokers, "log.retention.hours", "7")]
    [InlineData(ThisBroker, "no.such.setting", "7")]
    [InlineData(ThisBroker, "message.max.bytes", "many")]
    [InlineData(ThisBroker, "message.max.bytes", null)]
    [InlineData("2", "message.max.bytes", "7")]
    [InlineData("one", "message.max.bytes", "7")]
    public async Task what_cannot_be_changed_is_refused_and_nothing_with_it_changes(string resource, string name, string? value)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await AlterAsync(client, resource, (Set, "log.retention.bytes", "7"), (Set, name, value));

        Assert.Equal(ErrorCode.InvalidRequest, answer.ErrorCode);
        Assert.NotEmpty(answer.ErrorMessage!);
        Assert.Equal("-1", (await DescribeAsync(client, 4, ThisBroker))["log.retention.bytes"].Value);
    }

    [Fact]
    public async Task every_setting_has_a_sentence_and_says_whether_it_can_change()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        var ofBroker = await DescribeAsync(client, 4, ThisBroker);

        Assert.True(ofBroker["node.id"].ReadOnly);
        Assert.False(ofBroker["log.retention.ms"].ReadOnly);
        Assert.Empty(ofBroker.Concat(await DescribeAsync(client, 2, "t")).Where(entry => entry.Value.Documentation is null).Select(entry => entry.Key));
    }

    private static async Task<Dictionary<string, DescribeConfigsResourceResult>> DescribeAsync(KafkaClient client, sbyte type, string resource)
    {
        var response = await client.AskAsync<DescribeConfigsRequest, DescribeConfigsResponse>(
            new DescribeConfigsRequest
            {
                Resources = [new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = type, ResourceName = resource, ConfigurationKeys = null }],
                IncludeSynonyms = true,
                IncludeDocumentation = true,
            },
            4);
        return Assert.Single(response.Results).Configs.ToDictionary(c => c.Name);
    }

    private static async Task<IncrementalAlterConfigsResponse.AlterConfigsResourceResponse> AlterAsync(
        KafkaClient client, string resource, params (sbyte Operation, string Name, string? Value)[] changes)
    {
        var response = await client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new IncrementalAlterConfigsRequest
            {
                Resources =
                [
                    new IncrementalAlterConfigsRequest.AlterConfigsResource
                    {
                        ResourceType = 4,
                        ResourceName = resource,
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
        return Assert.Single(response.Responses);
    }
}
