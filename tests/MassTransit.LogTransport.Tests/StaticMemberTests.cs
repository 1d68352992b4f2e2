using Confluent.Kafka;
using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

/// <summary>Endpoints that stop and come back as the members they were.</summary>
public abstract class StaticMembers(ITestBroker broker) : IAsyncLifetime
{
    private readonly string _prefix = LogBus.NewPrefix();

    public async ValueTask InitializeAsync() => await broker.Start();

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task no_other_member_notices_a_kill_switch_that_stops_and_restarts_an_endpoint(bool consumerProtocol)
    {
        var states = new Arrivals<string>();
        var handled = new Arrivals<int>();
        var healthy = false;
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            cfg.Topic("steps", t => t.Partitions(4).Carries<Step>());
            cfg.ReceiveEndpoint("switched", e =>
            {
                e.UseKillSwitch(s => s.SetActivationThreshold(2).SetTripThreshold(0.5).SetRestartTimeout(TimeSpan.FromSeconds(1)));
                e.ConnectReceiveEndpointObserver(new Restarts(states));
                e.Handler<Step>(s =>
                {
                    if (!healthy)
                        throw new InvalidOperationException("planned");

                    handled.Add(s.Message.Number);
                    return Task.CompletedTask;
                });
            });
        }, host =>
        {
            host.GroupInstanceId("one");
            host.ConsumerSetting("session.timeout.ms", "30000");
            if (consumerProtocol)
                host.UseConsumerProtocol();
        }));
        Assert.Equal("ready", await states.Next());
        await using var other = new OtherMember(broker.BootstrapServers, _prefix + "switched", consumerProtocol, _prefix + "steps", _prefix + "switched");
        await Eventually.True(() => other.Partitions.Count == 3, "the other has its share of the six partitions");
        var changes = other.Changes;
        var mine = Enumerable.Range(0, 4).First(x => !other.Partitions.Contains(new TopicPartition(_prefix + "steps", x)));

        for (var i = 0; i < 10; i++)
            await RawLog.Write(broker.BootstrapServers, _prefix + "steps", mine, """{"key":"a","number":1}""");
        Assert.Equal("stopped", await states.Next());
        healthy = true;
        Assert.Equal("ready", await states.Next());
        await RawLog.Write(broker.BootstrapServers, _prefix + "steps", mine, """{"key":"a","number":2}""");
        while (await handled.Next() != 2)
        {
        }

        var theirs = other.Partitions.First();
        await RawLog.Write(broker.BootstrapServers, theirs.Topic, theirs.Partition, "still here");
        Assert.Equal("still here", await other.Read.Next());
        Assert.Equal((changes, 3), (other.Changes, other.Partitions.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task two_processes_of_one_id_are_told_so(bool consumerProtocol)
    {
        await using var first = await Start();
        await using var second = await Start();

        await Eventually.True(() => Told(first).Concat(Told(second)).Any(x => x?.StartsWith($"Another process is a member of the group '{_prefix}reader' as 'one' too; GroupInstanceId must give each a name of its own: ",
            StringComparison.Ordinal) == true), "the health of one of them says what is wrong");

        static IEnumerable<string?> Told(BusApp app) => app.Bus.CheckHealth().Endpoints.Values.Select(x => x.Exception?.Message);

        Task<BusApp> Start() => BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix,
            (_, cfg) => cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(_ => Task.CompletedTask)),
            host =>
            {
                host.GroupInstanceId("one");
                if (consumerProtocol)
                    host.UseConsumerProtocol();
            }), waitUntilStarted: false);
    }

    private sealed class Restarts(Arrivals<string> states) : IReceiveEndpointObserver
    {
        public Task Ready(ReceiveEndpointReady ready) => Tell("ready");

        public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed) => Tell("stopped");

        public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

        private Task Tell(string state)
        {
            states.Add(state);
            return Task.CompletedTask;
        }
    }
}

public sealed class StaticMemberTests : StaticMembers
{
    private readonly TestBroker _broker;

    public StaticMemberTests()
        : this(new TestBroker(x => x.GroupConsumerHeartbeatIntervalMs = 500))
    {
    }

    private StaticMemberTests(TestBroker broker)
        : base(broker) => _broker = broker;

    public override ValueTask DisposeAsync() => _broker.DisposeAsync();
}

[Collection<OtherKafka>]
public sealed class ApacheKafkaStaticMemberTests(ApacheKafka kafka) : StaticMembers(kafka);
