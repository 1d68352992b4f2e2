using System.Globalization;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;
using static Broker.Protocol.Messages.IncrementalAlterConfigsRequest;

namespace Conformance;

/// <summary>What Apache Kafka answers to changes of settings that are not quite right, and what it lists.</summary>
public class ConfigAnswerTests(TestBroker broker)
{
    private const sbyte Topic = 2;
    private const sbyte BrokerType = 4;
    private const sbyte Group = 32;
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const sbyte Append = 2;

    [Theory]
    [InlineData(Set, "no.such.setting", "1", ErrorCode.InvalidConfig)]
    [InlineData(Set, "retention.ms", "soon", ErrorCode.InvalidConfig)]
    [InlineData(Set, "retention.ms", "-5", ErrorCode.InvalidConfig)]
    [InlineData(Set, "retention.ms", null, ErrorCode.InvalidRequest)]
    [InlineData(Append, "retention.ms", "5", ErrorCode.InvalidConfig)]
    [InlineData(Append, "cleanup.policy", "shred", ErrorCode.InvalidConfig)]
    [InlineData(Append, "cleanup.policy", "compact", ErrorCode.None)]
    [InlineData(Set, "cleanup.policy", "", ErrorCode.None)]
    [InlineData(Delete, "flush.ms", null, ErrorCode.None)]
    [InlineData(Delete, "no.such.setting", null, ErrorCode.None)]
    public async Task a_topics_setting_is_checked(sbyte operation, string name, string? value, ErrorCode error)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(error, await AlterAsync(client, Topic, await broker.NewTopicAsync(), (operation, name, value)));
    }

    [Fact]
    public async Task a_setting_twice_or_a_resource_twice_is_refused()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(ErrorCode.InvalidRequest, await AlterAsync(client, Topic, topic, (Set, "retention.ms", "1"), (Delete, "retention.ms", null)));

        var resource = Resource(Topic, topic, (Set, "retention.ms", "1"));
        var answer = await client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new IncrementalAlterConfigsRequest { Resources = [resource, resource] }, 1);
        Assert.All(answer.Responses, response => Assert.Equal(ErrorCode.InvalidRequest, response.ErrorCode));
    }

    [Theory]
    [InlineData(Topic, "", ErrorCode.InvalidRequest)]
    [InlineData(Topic, "a/b", ErrorCode.InvalidTopicException)]
    [InlineData(Topic, "no-such-topic", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(BrokerType, "999", ErrorCode.InvalidRequest)]
    [InlineData(BrokerType, "one", ErrorCode.InvalidRequest)]
    [InlineData(77, "x", ErrorCode.InvalidRequest)]
    public async Task a_resource_that_is_not_there_is_refused(sbyte type, string name, ErrorCode error)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(error, await AlterAsync(client, type, name, (Set, "retention.ms", "1000000")));
    }

    [Theory]
    [InlineData("node.id", "7", ErrorCode.InvalidRequest)]
    [InlineData("num.partitions", "7", ErrorCode.InvalidRequest)]
    [InlineData("log.retention.hours", "7", ErrorCode.InvalidRequest)]
    [InlineData("message.max.bytes", "many", ErrorCode.InvalidRequest)]
    [InlineData("message.max.bytes", "-4", ErrorCode.InvalidRequest)]
    [InlineData("log.index.interval.bytes", "4097", ErrorCode.None)]
    public async Task a_brokers_setting_is_checked(string name, string value, ErrorCode error)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var node = await NodeIdAsync(client);
        var answer = await client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new IncrementalAlterConfigsRequest { Resources = [Resource(BrokerType, node, (Set, name, value))], ValidateOnly = true }, 1);

        Assert.Equal(error, Assert.Single(answer.Responses).ErrorCode);
    }

    [Fact]
    public async Task the_old_request_replaces_everything_that_was_set()
    {
        var topic = await broker.NewTopicAsync(configs: new() { ["retention.ms"] = "3600000" });
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var answer = await client.AskAsync<AlterConfigsRequest, AlterConfigsResponse>(
            new AlterConfigsRequest
            {
                Resources = [new() { ResourceType = Topic, ResourceName = topic, Configs = [new() { Name = "flush.ms", Value = "9999" }] }],
            },
            2);

        Assert.Equal(ErrorCode.None, Assert.Single(answer.Responses).ErrorCode);
        await Polling.HoldsAsync(async () => await DescribeAsync(client, Topic, topic, "flush.ms", "retention.ms") is
            [{ Value: "9999", ConfigSource: 1 }, { Value: "604800000", ConfigSource: 5 }], "flush.ms replaces retention.ms");
    }

    [Fact]
    public async Task a_change_for_all_brokers_reaches_a_topic_without_its_own_setting()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var node = await NodeIdAsync(client);

        Assert.Equal(ErrorCode.None, await AlterAsync(client, BrokerType, "", (Set, "log.index.interval.bytes", "8192")));
        await Polling.HoldsAsync(async () => await DescribeAsync(client, Topic, topic, "index.interval.bytes") is [{ Value: "8192", ConfigSource: 3 }], "8192");

        Assert.Equal(ErrorCode.None, await AlterAsync(client, BrokerType, node, (Set, "log.index.interval.bytes", "16384")));
        await Polling.HoldsAsync(async () => await DescribeAsync(client, Topic, topic, "index.interval.bytes") is [{ Value: "16384", ConfigSource: 2 }], "16384");
        Assert.Equal(
            [("16384", 2), ("8192", 3), ("4096", 5)],
            (await DescribeAsync(client, BrokerType, node, "log.index.interval.bytes"))[0].Synonyms.Select(s => (s.Value, (int)s.Source)));

        await AlterAsync(client, BrokerType, "", (Delete, "log.index.interval.bytes", null));
        await AlterAsync(client, BrokerType, node, (Delete, "log.index.interval.bytes", null));
        await Polling.HoldsAsync(async () => await DescribeAsync(client, Topic, topic, "index.interval.bytes") is [{ Value: "4096", ConfigSource: 5 }], "4096");
    }

    [Theory]
    [InlineData("consumer.session.timeout.ms", "50000", ErrorCode.None)]
    [InlineData("consumer.session.timeout.ms", "60001", ErrorCode.InvalidConfig)]
    [InlineData("consumer.session.timeout.ms", "5", ErrorCode.InvalidConfig)]
    [InlineData("consumer.heartbeat.interval.ms", "15001", ErrorCode.InvalidConfig)]
    [InlineData("no.such.setting", "5", ErrorCode.InvalidConfig)]
    public async Task a_groups_setting_is_checked(string name, string value, ErrorCode error)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(error, await AlterAsync(client, Group, TestBroker.NewName("group"), (Set, name, value)));
    }

    [Fact]
    public async Task a_group_that_nobody_joined_has_settings()
    {
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(("45000", 5), (await SessionTimeoutAsync()));
        await AlterAsync(client, Group, group, (Set, "consumer.session.timeout.ms", "50000"));
        await Polling.HoldsAsync(async () => await SessionTimeoutAsync() is ("50000", 8), "the group's own setting");

        var listed = await client.AskAsync<ListConfigResourcesRequest, ListConfigResourcesResponse>(new ListConfigResourcesRequest { ResourceTypes = [Group] }, 1);
        Assert.Contains(group, listed.ConfigResources.Select(r => r.ResourceName));
        Assert.Equal(ErrorCode.InvalidRequest, await AlterAsync(client, Group, "", (Set, "consumer.session.timeout.ms", "50000")));

        async Task<(string?, int)> SessionTimeoutAsync() =>
            await DescribeAsync(client, Group, group, "consumer.session.timeout.ms") is [var setting] ? (setting.Value, setting.ConfigSource) : default;
    }

    [Fact]
    public async Task what_has_settings_is_listed_by_type()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        async Task<ListConfigResourcesResponse> List(short version, params sbyte[] types) =>
            await client.AskAsync<ListConfigResourcesRequest, ListConfigResourcesResponse>(new ListConfigResourcesRequest { ResourceTypes = types }, version);

        Assert.Contains(topic, (await List(1, Topic)).ConfigResources.Select(r => r.ResourceName));
        Assert.Equal([await NodeIdAsync(client)], (await List(1, BrokerType)).ConfigResources.Select(r => r.ResourceName));
        Assert.Contains(topic, (await List(1)).ConfigResources.Select(r => r.ResourceName));
        Assert.Equal(ErrorCode.UnsupportedVersion, (await List(1, 77)).ErrorCode);
        Assert.Empty((await List(0)).ConfigResources);
    }

    private static AlterConfigsResource Resource(sbyte type, string name, params (sbyte Operation, string Name, string? Value)[] changes) => new()
    {
        ResourceType = type,
        ResourceName = name,
        Configs = changes.Select(c => new AlterableConfig { Name = c.Name, ConfigOperation = c.Operation, Value = c.Value }).ToList(),
    };

    private static async Task<ErrorCode> AlterAsync(
        RawClient client, sbyte type, string name, params (sbyte Operation, string Name, string? Value)[] changes)
    {
        var response = await client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new IncrementalAlterConfigsRequest { Resources = [Resource(type, name, changes)] }, 1);
        return Assert.Single(response.Responses).ErrorCode;
    }

    /// <summary>In order of name.</summary>
    private static async Task<DescribeConfigsResponse.DescribeConfigsResourceResult[]> DescribeAsync(RawClient client, sbyte type, string name, params string[] settings)
    {
        var response = await client.AskAsync<DescribeConfigsRequest, DescribeConfigsResponse>(
            new DescribeConfigsRequest
            {
                Resources = [new() { ResourceType = type, ResourceName = name, ConfigurationKeys = settings }],
                IncludeSynonyms = true,
            },
            4);
        return [.. Assert.Single(response.Results).Configs.OrderBy(c => c.Name, StringComparer.Ordinal)];
    }

    private static async Task<string> NodeIdAsync(RawClient client) =>
        (await client.AskAsync<DescribeClusterRequest, DescribeClusterResponse>(new DescribeClusterRequest(), 1)).ControllerId.ToString(CultureInfo.InvariantCulture);
}
