using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests.Groups;

public sealed class GroupConfigTests
{
    private const sbyte Group = 32;

    [Fact]
    public async Task a_groups_own_interval_counts_from_the_next_heartbeat_and_outlives_the_broker()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var joined = await HeartbeatAsync(client, "g", "member-1", 0);
        Assert.Equal(1_000, joined.HeartbeatIntervalMs);

        Assert.Equal(ErrorCode.None, await SetAsync(client, "g", ("consumer.heartbeat.interval.ms", "7000")));
        Assert.Equal(7_000, (await HeartbeatAsync(client, "g", "member-1", joined.MemberEpoch)).HeartbeatIntervalMs);
        Assert.Equal(1_000, (await HeartbeatAsync(client, "other", "member-1", 0)).HeartbeatIntervalMs);

        await broker.RestartAsync();
        client = await broker.ConnectAsync();
        Assert.Equal(7_000, (await HeartbeatAsync(client, "g", "member-1", joined.MemberEpoch)).HeartbeatIntervalMs);
    }

    [Theory]
    [InlineData("g", "consumer.session.timeout.ms", "60001", ErrorCode.InvalidConfig)]
    [InlineData("g", "consumer.heartbeat.interval.ms", "often", ErrorCode.InvalidConfig)]
    [InlineData("g", "consumer.heartbeat.interval.ms", "1000", ErrorCode.None)]
    [InlineData("g", "consumer.heartbeat.interval.ms", "999", ErrorCode.InvalidConfig)]
    [InlineData("g", "retention.ms", "60000", ErrorCode.InvalidConfig)]
    [InlineData("", "consumer.session.timeout.ms", "50000", ErrorCode.InvalidRequest)]
    public async Task a_groups_setting_is_within_the_brokers_bounds(string group, string name, string value, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        Assert.Equal(error, await SetAsync(client, group, (name, value)));
    }

    private static async Task<ConsumerGroupHeartbeatResponse> HeartbeatAsync(KafkaClient client, string group, string member, int epoch)
    {
        var response = await client.AskAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(
            new ConsumerGroupHeartbeatRequest
            {
                GroupId = group,
                MemberId = member,
                MemberEpoch = epoch,
                RebalanceTimeoutMs = 60_000,
                SubscribedTopicNames = ["t"],
                TopicPartitions = [],
            },
            1);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        return response;
    }

    private static async Task<ErrorCode> SetAsync(KafkaClient client, string group, (string Name, string Value) setting)
    {
        var response = await client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new IncrementalAlterConfigsRequest
            {
                Resources = [new() { ResourceType = Group, ResourceName = group, Configs = [new() { Name = setting.Name, Value = setting.Value }] }],
            },
            1);
        return Assert.Single(response.Responses).ErrorCode;
    }
}
