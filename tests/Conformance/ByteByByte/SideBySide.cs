using Broker;
using Broker.Storage.Disks;
using Conformance.Support;
using Scenarios.Driving;

namespace Conformance.ByteByByte;

/// <summary>Our broker and a node of Apache Kafka with the same settings, each made for this comparison.</summary>
public sealed class SideBySide : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["authorizer.class.name"] = AccessControl.Authorizer,
        ["allow.everyone.if.no.acl.found"] = "true",
        ["super.users"] = "User:ANONYMOUS",
        ["auto.create.topics.enable"] = "false",
        ["group.initial.rebalance.delay.ms"] = "0",
        ["offsets.topic.num.partitions"] = "1",
        ["transaction.state.log.num.partitions"] = "1",
    };

    private Task? _started;
    private BrokerServer? _server;
    private ApacheKafkaNode? _node;

    public Side Ours { get; private set; } = null!;

    public Side Kafka { get; private set; } = null!;

    /// <summary>Starts both for the first test that asks. Not when the fixture is made: there a skip would be a failure.</summary>
    public Task StartAsync() => _started ??= StartBothAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        if (_node is not null)
            await _node.DisposeAsync();
    }

    private async Task StartBothAsync()
    {
        Tool.OnlyWhenLong();
        Assert.SkipWhen(Environment.GetEnvironmentVariable("CONFORMANCE_BOOTSTRAP") is { Length: > 0 }, "this compares Apache Kafka with ours, not with itself");
        _node = await ApacheKafkaNode.StartAsync(new Dictionary<string, string>(Settings)
        {
            ["transaction.state.log.replication.factor"] = "1",
            ["transaction.state.log.min.isr"] = "1",
            ["share.coordinator.state.topic.replication.factor"] = "1",
            ["share.coordinator.state.topic.min.isr"] = "1",
        });
        var options = BrokerOptions.FromSettings(Settings);
        (options.Listeners, options.LogDirs) = ("PLAINTEXT://127.0.0.1:0", Path.GetFullPath("/broker"));
        _server = await BrokerServer.StartAsync(options, disk: new MemoryDisk(TimeProvider.System));
        (Ours, Kafka) = (new Side(_server.BootstrapServers), new Side(_node.BootstrapServers));
        await Task.WhenAll(Ours.PrepareAsync(), Kafka.PrepareAsync());
    }
}
