using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

/// <summary>What becomes of records that cannot be handled.</summary>
public sealed class FailureTests(SharedBroker broker)
{
    private readonly string _prefix = LogBus.NewPrefix();

    [Fact]
    public async Task a_record_in_the_error_topic_keeps_its_key_value_and_headers_and_tells_why_it_is_there()
    {
        await using var app = await Start(cfg =>
        {
            cfg.Topic("things", t => t.Partitions(1).Carries<Step>(x => x.Key));
            cfg.ReceiveEndpoint("failing", e => e.Handler<Step>(_ => throw new InvalidOperationException("planned")));
        });

        await app.Bus.Publish(new Step("a", 1), x => x.Headers.Set("tenant", "north"));

        var source = (await RawLog.Read(broker.BootstrapServers, _prefix + "things", 1).Soon()).Single();
        var moved = (await RawLog.Read(broker.BootstrapServers, _prefix + "failing_error", 1).Soon()).Single();
        Assert.Equal(source.Message.Value, moved.Message.Value);
        Assert.Equal("a", moved.Message.Key);
        Assert.All(source.Message.Headers, x => Assert.Equal(source.Header(x.Key), moved.Header(x.Key)));
        Assert.Equal("planned", moved.Header("MT-Fault-Message"));
        Assert.Equal($"{_prefix}things/0/0", moved.Header("dlq-origin"));
        Assert.Equal(_prefix + "failing", moved.Header("dlq-group"));
        Assert.Equal("planned", moved.Header("dlq-error"));
    }

    [Fact]
    public async Task a_value_that_is_not_json_goes_to_the_error_topic_and_the_next_record_is_handled()
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(cfg =>
        {
            cfg.Topic("things", t => t.Partitions(1).Carries<Step>(x => x.Key));
            cfg.ReceiveEndpoint("poisoned", e => e.Handler<Step>(x => Take(arrived, x.Message.Key)));
        });

        await RawLog.Write(broker.BootstrapServers, _prefix + "things", "a", "{ not json");
        await app.Bus.Publish(new Step("a", 1));

        Assert.Equal("a", await arrived.Next());
        var moved = (await RawLog.Read(broker.BootstrapServers, _prefix + "poisoned_error", 1).Soon()).Single();
        Assert.Equal("{ not json", moved.Message.Value);
    }

    [Fact]
    public async Task a_record_that_not_even_the_error_topic_takes_is_tried_until_it_does_and_holds_back_its_key()
    {
        await Create("things", "stuck", "test-replies");
        var arrived = new Arrivals<(string Key, bool Redelivered)>();
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            cfg.Deploy(TopicDeployment.Validate);
            cfg.Topic("things", t => t.Carries<Step>(x => x.Key));
            cfg.ReceiveEndpoint("stuck", e =>
            {
                e.PublishFaults = false;
                e.Handler<Step>(x =>
                {
                    arrived.Add((x.Message.Key, x.ReceiveContext.Redelivered));
                    return x.Message.Number == 0 ? throw new InvalidOperationException("planned") : Task.CompletedTask;
                });
            });
        }, host => host.SendTimeout(TimeSpan.FromMilliseconds(300))));

        await app.Bus.Publish(new Step("a", 0));
        await app.Bus.Publish(new Step("a", 1));

        Assert.Equal(("a", false), await arrived.Next());
        Assert.Equal(("a", true), await arrived.Next());
        await Eventually.True(() => app.Bus.CheckHealth().Status != BusHealthStatus.Healthy, "the endpoint is not well");
        await Create("stuck_error");

        var next = await arrived.Next();
        while (next.Redelivered)
            next = await arrived.Next();

        Assert.Equal(("a", false), next);
        Assert.Single(await RawLog.Read(broker.BootstrapServers, _prefix + "stuck_error", 1).Soon());
        await Eventually.True(() => app.Bus.CheckHealth().Status == BusHealthStatus.Healthy, "the endpoint is well again");
    }

    [Fact]
    public async Task a_stop_does_not_wait_for_a_record_that_cannot_be_moved_but_for_those_in_hand()
    {
        await Create("things", "stuck", "test-replies");
        var arrived = new Arrivals<string>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = false;
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            cfg.Deploy(TopicDeployment.Validate);
            cfg.Topic("things", t => t.Carries<Step>(x => x.Key));
            cfg.ReceiveEndpoint("stuck", e =>
            {
                e.PublishFaults = false;
                e.Handler<Step>(async x =>
                {
                    arrived.Add(x.Message.Key);
                    if (x.Message.Key == "poison")
                        throw new InvalidOperationException("planned");

                    await gate.Task;
                    done = true;
                });
            });
        }, host => host.SendTimeout(TimeSpan.FromMilliseconds(300))));
        await app.Bus.Publish(new Step("poison", 0));
        await app.Bus.Publish(new Step("slow", 1));
        while (await arrived.Next() != "slow")
        {
        }

        await Eventually.True(() => app.Bus.CheckHealth().Status != BusHealthStatus.Healthy, "the record could not be moved");
        var stopping = app.Bus.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        await stopping.Soon();

        Assert.True(done);
        Assert.Equal(0, (await RawLog.Committed(broker.BootstrapServers, _prefix + "stuck", _prefix + "things").Soon())[0]);
    }

    [Fact]
    public async Task an_endpoint_whose_topics_are_missing_names_them_and_starts_when_they_are_there()
    {
        var arrived = new Arrivals<string>();
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            cfg.Deploy(TopicDeployment.Validate);
            cfg.StartFrom(StartPosition.Earliest);
            cfg.Topic("things", t => t.Carries<Step>());
            cfg.ReceiveEndpoint("waiting", e => e.Handler<Step>(x => Take(arrived, x.Message.Key)));
        }), waitUntilStarted: false);

        await Eventually.True(() => app.Bus.CheckHealth().Endpoints.Values.Any(x => x.Exception?.Message.Contains(_prefix + "waiting", StringComparison.Ordinal) == true),
            "the missing topics are named");
        await Create("things", "waiting");
        await app.Bus.Publish(new Step("a", 1));

        Assert.Equal("a", await arrived.Next());
    }

    private Task<BusApp> Start(Action<ILogBusFactoryConfigurator> configure)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) => configure(cfg)));
    }

    private async Task Create(params string[] topics)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        await admin.CreateTopicsAsync(topics.Select(x => new TopicSpecification { Name = _prefix + x, NumPartitions = 1, ReplicationFactor = 1 }));
    }

    private static Task Take<T>(Arrivals<T> arrivals, T arrival)
    {
        arrivals.Add(arrival);
        return Task.CompletedTask;
    }
}
