using System.Collections.Concurrent;
using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

/// <summary>Brokers that come late, go away and come back; processes that stop and others that take over.</summary>
public sealed class OutageTests : IAsyncDisposable
{
    private readonly TestBroker _broker = new();
    private readonly string _prefix = LogBus.NewPrefix();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task a_bus_started_before_its_broker_is_unhealthy_until_the_broker_comes_and_then_delivers()
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(arrived, waitUntilStarted: false);
        await Eventually.True(() => app.Bus.CheckHealth().Endpoints.Values.Any(x => x.Exception is ConnectionException), "the endpoint says that no broker answers");

        var publish = app.Bus.Publish(new ThingHappened("early", 1));
        await _broker.Start();
        await publish.Soon();
        await Eventually.True(() => app.Bus.CheckHealth().Status == BusHealthStatus.Healthy, "the bus is healthy");
        await app.Bus.Publish(new ThingHappened("late", 1));

        var name = await arrived.Next();
        Assert.Equal("late", name == "early" ? await arrived.Next() : name);
    }

    [Fact]
    public async Task a_broker_that_restarts_in_the_middle_costs_no_message()
    {
        await _broker.Start();
        var arrived = new Arrivals<string>();
        await using var app = await Start(arrived);

        var sent = new ConcurrentBag<string>();
        using var enough = new CancellationTokenSource();
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                await app.Bus.Publish(new ThingHappened($"{i}", i), CancellationToken.None);
                sent.Add($"{i}");
            }
        });

        var seen = new HashSet<string>(await arrived.Next(20));
        await _broker.Stop();
        await Eventually.True(() => app.Bus.CheckHealth().Status != BusHealthStatus.Healthy, "the outage shows");
        await _broker.Start();
        await Eventually.True(() => app.Bus.CheckHealth().Status == BusHealthStatus.Healthy, "the recovery shows");
        seen.UnionWith(await arrived.Next(20));
        await enough.CancelAsync();
        await publishing.Soon();

        while (!sent.All(seen.Contains))
            seen.Add(await arrived.Next());
    }

    [Fact]
    public async Task a_graceful_stop_commits_all_that_was_finished_and_nothing_that_was_not()
    {
        await _broker.Start();
        var finished = new Arrivals<int>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var app = await BusApp.StartAsync(x => x.UsingTestLog(_broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            cfg.Topic("steps", t => t.Partitions(1).Carries<Step>(s => s.Key));
            cfg.ReceiveEndpoint("stopping", e =>
            {
                e.ConcurrentMessageLimit = 4;
                e.Handler<Step>(async context =>
                {
                    if (context.Message.Key == "slow")
                        await gate.Task;

                    finished.Add(context.Message.Number);
                });
            });
        }));

        await app.Bus.Publish(new Step("slow", 0));
        await app.Bus.Publish(new Step("slow", 1));
        for (var i = 2; i < 10; i++)
            await app.Bus.Publish(new Step($"{i}", i));

        await finished.Next(8);
        var stopping = app.DisposeAsync().AsTask();
        gate.SetResult();
        await stopping.Soon();

        // Record 1 lies below finished ones: it was run so that they could be committed.
        Assert.Equal(10, finished.Count);
        Assert.Equal(10, (await RawLog.Committed(_broker.BootstrapServers, _prefix + "stopping", _prefix + "steps").Soon())[0]);
    }

    [Fact]
    public async Task a_bus_that_was_stopped_can_be_started_again()
    {
        await _broker.Start();
        var arrived = new Arrivals<string>();
        await using var app = await Start(arrived);
        await app.Bus.Publish(new ThingHappened("first", 1));
        Assert.Equal("first", await arrived.Next());

        await app.Bus.StopAsync(TestContext.Current.CancellationToken).Soon();
        await app.Bus.StartAsync(TestContext.Current.CancellationToken).Soon();
        await app.Bus.Publish(new ThingHappened("second", 1));

        Assert.Equal("second", await arrived.Next());
    }

    [Fact]
    public async Task what_was_not_acknowledged_when_the_bus_stops_fails_instead_of_waiting_for_ever()
    {
        await _broker.Start();
        var arrived = new Arrivals<string>();
        var app = await Start(arrived);
        await app.Bus.Publish(new ThingHappened("a", 1));
        await arrived.Next();
        await _broker.Stop();
        await Eventually.True(() => app.Bus.CheckHealth().Status != BusHealthStatus.Healthy, "the outage shows");

        var publish = app.Bus.Publish(new ThingHappened("b", 1));
        await app.DisposeAsync().AsTask().Soon();

        await Assert.ThrowsAsync<TransportUnavailableException>(() => publish.Soon());
    }

    [Fact]
    public async Task a_stop_while_the_broker_is_gone_ends()
    {
        await _broker.Start();
        var arrived = new Arrivals<string>();
        var app = await Start(arrived);
        await app.Bus.Publish(new ThingHappened("a", 1));
        await arrived.Next();

        await _broker.Stop();
        await Eventually.True(() => app.Bus.CheckHealth().Status != BusHealthStatus.Healthy, "the outage shows");

        await app.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task members_that_come_and_go_share_the_partitions_without_losing_or_disordering_a_key()
    {
        await _broker.Start();
        var seen = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        var arrived = new Arrivals<int>();
        await using var writer = await BusApp.StartAsync(x => x.UsingTestLog(_broker.BootstrapServers, _prefix, (_, cfg) => Steps(cfg)));
        var first = await Member();

        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
                await Task.WhenAll(Enumerable.Range(0, 8).Select(key => writer.Bus.Publish(new Step($"{key}", i))));
        });

        await arrived.Next(200);
        await using var second = await Member();
        await arrived.Next(200);
        await first.DisposeAsync().AsTask().Soon();
        await publishing.Soon();
        await Eventually.True(() => seen.Count == 8 && seen.Values.All(x => x.Distinct().Count() == 300), "every step was seen");

        // A step may be seen again after a change of members, but then together with all that follow it.
        foreach (var steps in seen.Values)
        {
            var highest = -1;
            foreach (var step in steps)
            {
                Assert.True(step <= highest + 1, $"{step} came after {highest}");
                highest = Math.Max(highest, step);
            }
        }

        Task<BusApp> Member() => BusApp.StartAsync(x => x.UsingTestLog(_broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            Steps(cfg);
            cfg.ReceiveEndpoint("members", e => e.Handler<Step>(async context =>
            {
                await Task.Yield();
                seen.GetOrAdd(context.Message.Key, _ => new()).Enqueue(context.Message.Number);
                arrived.Add(context.Message.Number);
            }));
        }));

        void Steps(ILogBusFactoryConfigurator cfg) => cfg.Topic("steps", t => t.Partitions(4).Carries<Step>(s => s.Key));
    }

    private Task<BusApp> Start(Arrivals<string> arrived, bool waitUntilStarted = true)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(_broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            cfg.Topic("things", t => t.Partitions(2).Carries<ThingHappened>(m => m.Name));
            cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(context =>
            {
                arrived.Add(context.Message.Name);
                return Task.CompletedTask;
            }));
        }, host => host.ConnectTimeout(TimeSpan.FromSeconds(1))), waitUntilStarted);
    }
}
