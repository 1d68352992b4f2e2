using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests;

public sealed class SettingsWithoutEffectTests
{
    [Fact]
    public async Task what_is_written_for_one_node_of_Apache_Kafka_starts_it_with_one_line_of_what_changes_nothing()
    {
        await using var broker = await TestBroker.StartAsync(o => Give(
            o,
            ("process.roles", "broker,controller"),
            ("controller.quorum.voters", "1@localhost:9093"),
            ("controller.listener.names", "CONTROLLER"),
            ("listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0"),
            ("advertised.listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0"),
            ("num.io.threads", "8"),
            ("transaction.state.log.min.isr", "1")));

        var line = Assert.Single(broker.Log.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal));
        Assert.StartsWith(
            "Warning: These settings change nothing: controller.listener.names, controller.quorum.voters, num.io.threads, process.roles, transaction.state.log.min.isr.",
            line, StringComparison.Ordinal);
        Assert.Equal(["PLAINTEXT"], broker.Server.Listeners.Select(l => l.Name));
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Requests.Batch("a"))).ErrorCode);
    }

    [Fact]
    public async Task nothing_is_said_when_nothing_is_given()
    {
        await using var broker = await TestBroker.StartAsync();

        Assert.DoesNotContain(broker.Log.Lines, l => l.Contains("change nothing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("process.roles", "broker")]
    [InlineData("process.roles", "controller")]
    [InlineData("controller.quorum.voters", "1@a:9093,2@b:9093")]
    [InlineData("controller.quorum.voters", "localhost:9093")]
    [InlineData("controller.quorum.bootstrap.servers", "a:9093,b:9093")]
    [InlineData("offsets.topic.replication.factor", "3")]
    [InlineData("default.replication.factor", "2")]
    [InlineData("min.insync.replicas", "2")]
    [InlineData("num.network.threads", "0")]
    [InlineData("num.io.threads", "many")]
    public void what_would_promise_something_is_refused(string name, string value)
    {
        var refused = Assert.Throws<InvalidSettingException>(() => BrokerOptions.FromSettings([new(name, value)]));

        Assert.Contains($"{name} cannot be \"{value}\"", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("controller.listener.names", "PLAINTEXT")]
    [InlineData("controller.listener.names", "CONTROLLER")]
    [InlineData("inter.broker.listener.name", "INTERNAL")]
    [InlineData("advertised.listeners", "PLAINTEXT://127.0.0.1:0,OTHER://127.0.0.1:0")]
    [InlineData("controller.quorum.voters", "2@localhost:9093")]
    [InlineData("listener.name.other.max.connections", "10")]
    public async Task what_contradicts_the_other_settings_is_refused_by_its_name(string name, string value)
    {
        var refused = await Assert.ThrowsAsync<InvalidSettingException>(() => TestBroker.StartAsync(o => Give(o, (name, value))));

        Assert.Equal(name, refused.Setting);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task they_are_shown_as_given_and_cannot_be_changed()
    {
        await using var broker = await TestBroker.StartAsync(o => Give(o, ("num.io.threads", "16")));
        var client = await broker.ConnectAsync();

        var described = await client.AskAsync<DescribeConfigsRequest, DescribeConfigsResponse>(
            new() { Resources = [new() { ResourceType = 4, ResourceName = "1", ConfigurationKeys = ["num.io.threads", "num.network.threads"] }] }, 4);
        var altered = await client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new() { Resources = [new() { ResourceType = 4, ResourceName = "", Configs = [new() { Name = "num.io.threads", Value = "4" }] }] }, 1);

        Assert.Equal(["num.io.threads=16 True", "num.network.threads=3 True"], described.Results[0].Configs.Select(c => $"{c.Name}={c.Value} {c.ReadOnly}").Order());
        Assert.Equal(ErrorCode.InvalidRequest, altered.Responses[0].ErrorCode);
    }

    [Theory]
    [InlineData("0", ErrorCode.None)]
    [InlineData("60000", ErrorCode.None)]
    [InlineData("1", ErrorCode.InvalidConfig)]
    public async Task a_topic_may_have_Kafkas_own_delay_of_deleted_files(string value, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        var response = await (await broker.ConnectAsync()).AskAsync<CreateTopicsRequest, CreateTopicsResponse>(
            new() { Topics = [new() { Name = "t", NumPartitions = 1, ReplicationFactor = 1, Configs = [new() { Name = "file.delete.delay.ms", Value = value }] }] }, 7);

        Assert.Equal(error, response.Topics[0].ErrorCode);
    }

    private static void Give(BrokerOptions options, params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings)
            Configuration.BrokerSettings.Find(name).Write(options, value);
    }
}
