using Broker.Protocol;
using Broker.Protocol.Messages;
using MassTransit.LogTransport.Tests.Support;
using ErrorCode = Broker.Protocol.ErrorCode;

namespace MassTransit.LogTransport.Tests;

/// <summary>Sends to topics that cannot be written to yet. Where a right is missing instead, <see cref="MissingRightsTests" /> say what happens.</summary>
public sealed class MissingTopicTests(ControlledBroker broker) : IClassFixture<ControlledBroker>
{
    private readonly string _prefix = LogBus.NewPrefix();

    [Theory]
    [InlineData(ErrorCode.InvalidReplicationFactor)]
    [InlineData(ErrorCode.NotController)]
    public async Task a_topic_that_cannot_be_created_just_now_is_waited_for(ErrorCode refusal)
    {
        await using var app = await Start();
        using var rule = broker.Control.On(ApiKey.CreateTopics).Where(x => x.Read<CreateTopicsRequest>().Topics.Any(topic => topic.Name == _prefix + "steps")).Once().Answer(refusal);

        await app.Bus.Publish(new Step("a", 0), TestContext.Current.CancellationToken).Soon();

        Assert.Equal(1, rule.Hits);
        Assert.Single(await RawLog.All(broker.BootstrapServers, _prefix + "steps").Soon());
    }

    [Fact]
    public async Task a_topic_without_a_leader_is_waited_for_and_not_created()
    {
        await using (var other = await Start())
            await other.Bus.Publish(new Step("a", 0), TestContext.Current.CancellationToken);
        await using var app = await Start();
        using var created = broker.Control.On(ApiKey.CreateTopics).Where(x => x.Read<CreateTopicsRequest>().Topics.Any(topic => topic.Name == _prefix + "steps")).Observe(_ => { });
        var leaderless = broker.Control.On(ApiKey.Metadata).Where(x => x.Read<MetadataRequest>().Topics is null).Answer<MetadataRequest, MetadataResponse>(_ => Leaderless());

        var publishing = app.Bus.Publish(new Step("a", 1), TestContext.Current.CancellationToken);
        await leaderless.WaitAsync(2, TestContext.Current.CancellationToken).Soon();
        Assert.False(publishing.IsCompleted);
        leaderless.Dispose();
        await publishing.Soon();

        Assert.Equal(0, created.Hits);
        Assert.Equal(2, (await RawLog.All(broker.BootstrapServers, _prefix + "steps").Soon()).Count);
    }

    private MetadataResponse Leaderless()
    {
        var address = broker.BootstrapServers.Split(':');

        return new MetadataResponse
        {
            Brokers = [new() { NodeId = 1, Host = address[0], Port = int.Parse(address[1], null) }],
            ControllerId = 1,
            Topics = [new() { Name = _prefix + "steps", Partitions = [new() { ErrorCode = ErrorCode.LeaderNotAvailable, LeaderId = -1, ReplicaNodes = [1], IsrNodes = [] }] }],
        };
    }

    private Task<BusApp> Start()
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) => Copies.Topics(cfg, partitions: 1), host => host.SendTimeout(Deadline.Limit * 10)));
    }
}
