using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MassTransit.LogTransport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.LogTransport.Tests;

/// <summary>Groups whose partitions the broker assigns, KIP-848.</summary>
public abstract class ConsumerProtocol(ITestBroker broker) : IAsyncLifetime
{
    private readonly string _prefix = LogBus.NewPrefix();

    public async ValueTask InitializeAsync() => await broker.Start();

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task members_that_come_and_go_share_the_partitions_and_see_every_step_once_and_in_order()
    {
        var seen = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        var arrived = new Arrivals<int>();
        var places = new ConcurrentDictionary<string, int>();
        await using var writer = await Start(Topic);
        var first = await Member("first");
        using var enough = new CancellationTokenSource();

        var publishing = Task.Run(async () =>
        {
            var steps = 0;
            for (; !enough.IsCancellationRequested; steps++)
                await Task.WhenAll(Enumerable.Range(0, 8).Select(key => writer.Bus.Publish(new Step($"{key}", steps))));

            return steps;
        });

        await arrived.Next(200);
        await using var second = await Member("second");
        while (!places.ContainsKey("second"))
            await arrived.Next();
        await first.DisposeAsync().AsTask().Soon();
        await enough.CancelAsync();
        var written = await publishing.Soon();
        while (arrived.Count < 8 * written)
            await arrived.Next();

        // Partitions were handed over and left gracefully, so what finished was committed.
        Assert.All(seen.Values, x => Assert.Equal(Enumerable.Range(0, written), x));
        Assert.Equal(ConsumerGroupType.Consumer, await TypeOf("members"));

        Task<BusApp> Member(string name) => Start(cfg =>
        {
            Topic(cfg);
            cfg.ReceiveEndpoint("members", e => e.Handler<Step>(async context =>
            {
                await Task.Yield();
                places.AddOrUpdate(name, 1, (_, count) => count + 1);
                seen.GetOrAdd(context.Message.Key, _ => new()).Enqueue(context.Message.Number);
                arrived.Add(context.Message.Number);
            }));
        });

        static void Topic(ILogBusFactoryConfigurator cfg) => cfg.Topic("steps", t => t.Partitions(4).Carries<Step>(s => s.Key));
    }

    [Fact]
    public async Task a_group_starts_at_the_end_and_later_where_it_stopped()
    {
        var arrived = new Arrivals<int>();
        await using var writer = await Start(Topic);
        await writer.Bus.Publish(new Step("before", 0));

        await using (await Reader())
        {
            await writer.Bus.Publish(new Step("after", 1));
            Assert.Equal(1, await arrived.Next());
        }

        Assert.Equal(2, (await RawLog.Committed(broker.BootstrapServers, _prefix + "reader", _prefix + "steps").Soon())[0]);
        await writer.Bus.Publish(new Step("away", 2));

        await using (await Reader())
            Assert.Equal(2, await arrived.Next());

        Task<BusApp> Reader() => Start(cfg =>
        {
            Topic(cfg);
            cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(x =>
            {
                arrived.Add(x.Message.Number);
                return Task.CompletedTask;
            }));
        });

        static void Topic(ILogBusFactoryConfigurator cfg) => cfg.Topic("steps", t => t.Partitions(1).Carries<Step>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task the_schedule_is_shared_in_the_same_way_and_taken_over(bool transactions)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var arrived = new Arrivals<int>();
        var first = await Owner();
        await using var second = await Owner();
        for (var i = 0; i < 20; i++)
            await first.Bus.Publish(new Step("a", i), x => x.Delay = TimeSpan.FromHours(i < 10 ? 1 : 3));

        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(Enumerable.Range(0, 10), (await arrived.Next(10)).Order());
        Assert.Equal(ConsumerGroupType.Consumer, await TypeOf("schedule"));
        await first.DisposeAsync().AsTask().Soon();
        time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(Enumerable.Range(10, 10), (await arrived.Next(10)).Order());

        Task<BusApp> Owner() => Start(cfg =>
        {
            cfg.Scheduler(x => x.UseTransactions = transactions);
            cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(x =>
            {
                arrived.Add(x.Message.Number);
                return Task.CompletedTask;
            }));
        }, services => services.AddSingleton<TimeProvider>(time));
    }

    private async Task<ConsumerGroupType> TypeOf(string group)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        var groups = await admin.ListConsumerGroupsAsync(new ListConsumerGroupsOptions { RequestTimeout = Deadline.Limit });

        return groups.Valid.Single(x => x.GroupId == _prefix + group).Type;
    }

    // The classic protocol's session timeout is among the settings of every test's bus, and would be refused.
    private Task<BusApp> Start(Action<ILogBusFactoryConfigurator> configure, Action<IServiceCollection>? services = null)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) => configure(cfg), host => host.UseConsumerProtocol()), services: services);
    }
}

public sealed class ConsumerProtocolTests : ConsumerProtocol
{
    private readonly TestBroker _broker;

    public ConsumerProtocolTests()
        : this(new TestBroker(x => x.GroupConsumerHeartbeatIntervalMs = 500))
    {
    }

    private ConsumerProtocolTests(TestBroker broker)
        : base(broker) => _broker = broker;

    public override ValueTask DisposeAsync() => _broker.DisposeAsync();
}

[Collection<OneKafka>]
public sealed class ApacheKafkaConsumerProtocolTests(ApacheKafka kafka) : ConsumerProtocol(kafka);
