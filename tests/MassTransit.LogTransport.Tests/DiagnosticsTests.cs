using System.Diagnostics;
using System.Text.Json;
using MassTransit.LogTransport.Tests.Support;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.LogTransport.Tests;

/// <summary>What can be seen from outside: traces, meters, probes, and MassTransit's own test harness.</summary>
public sealed class DiagnosticsTests(SharedBroker broker)
{
    private readonly string _prefix = LogBus.NewPrefix();

    [Fact]
    public async Task a_trace_goes_on_in_the_consumer()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = x => x.Name is "MassTransit" or "test",
            // Only what goes on from this test's own: a listener is the whole process', and what others send must not have its trace.
            Sample = (ref ActivityCreationOptions<ActivityContext> x) => x.Source.Name == "test" || x.Parent != default ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");
        var arrived = new Arrivals<ActivityTraceId?>();
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("traced", e => e.Handler<ThingHappened>(_ =>
        {
            arrived.Add(Activity.Current?.TraceId);
            return Task.CompletedTask;
        })));

        using var activity = source.StartActivity("placing");
        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.NotNull(activity);
        Assert.Equal(activity.TraceId, await arrived.Next());
    }

    [Fact]
    public async Task the_span_of_a_delivery_says_where_the_record_is()
    {
        var delivered = new Arrivals<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = x => x.Name == "MassTransit",
            Sample = (ref ActivityCreationOptions<ActivityContext> x) => x.Name.EndsWith("spanned receive", StringComparison.Ordinal) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = delivered.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await Start(cfg =>
        {
            cfg.Topic("things", t => t.Partitions(3).Carries<ThingHappened>());
            cfg.ReceiveEndpoint("spanned", e => e.Handler<ThingHappened>(_ => Task.CompletedTask));
        });
        await RawLog.Write(broker.BootstrapServers, _prefix + "things", 2, """{"name":"a"}""");
        await RawLog.Write(broker.BootstrapServers, _prefix + "things", 2, """{"name":"b"}""");

        var spans = await delivered.Next(2);

        Assert.All(spans, x => Assert.Equal("2", x.GetTagItem("messaging.destination.partition.id")));
        Assert.Equal([0L, 1L], spans.Select(x => (long)x.GetTagItem("messaging.kafka.offset")!).Order());
    }

    [Fact]
    public async Task the_meter_tells_what_was_consumed_and_committed()
    {
        var arrived = new Arrivals<string>();
        using var readings = new CounterReadings("measured");
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("measured", e => e.Handler<ThingHappened>(x =>
        {
            arrived.Add(x.Message.Name);
            return Task.CompletedTask;
        })));

        await app.Bus.Publish(new ThingHappened("a", 1));
        await arrived.Next();

        await Eventually.True(() => readings["logtransport.records.consumed"] == 1, "the record was counted");
        await Eventually.True(() => readings["logtransport.commits", "committed"] > 0, "the commit was counted");
        Assert.True(readings["logtransport.rebalances", "assigned"] > 0);
    }

    [Fact]
    public async Task a_probe_shows_host_topics_and_group()
    {
        await using var app = await Start(cfg =>
        {
            cfg.Topic("things", t => t.Carries<ThingHappened>());
            cfg.ReceiveEndpoint("probed", e => e.Handler<ThingHappened>(_ => Task.CompletedTask));
        });

        var probe = JsonSerializer.Serialize(app.Bus.GetProbeResult().Results);

        Assert.Contains(_prefix + "probed", probe, StringComparison.Ordinal);
        Assert.Contains(_prefix + "things", probe, StringComparison.Ordinal);
        Assert.Contains("2.16.0", probe, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_test_harness_sees_what_goes_over_the_log()
    {
        await using var provider = new ServiceCollection()
            .AddMassTransitTestHarness(x =>
            {
                x.AddConsumer<AskConsumer>();
                x.SetKebabCaseEndpointNameFormatter();
                x.UsingTestLog(broker.BootstrapServers, _prefix, (context, cfg) => cfg.ConfigureEndpoints(context));
            })
            .BuildServiceProvider(validateScopes: true);
        var harness = provider.GetRequiredService<ITestHarness>();
        await harness.Start();

        var answer = await harness.GetRequestClient<Ask>().GetResponse<Answer>(new Ask("?"));

        Assert.Equal("?!", answer.Message.Text);
        Assert.True(await harness.Consumed.Any<Ask>());
        Assert.True(await harness.Sent.Any<Answer>());
        Assert.True(await harness.GetConsumerHarness<AskConsumer>().Consumed.Any<Ask>());
        await harness.Stop();
    }

    [Fact]
    public async Task a_kill_switch_stops_and_restarts_the_endpoint_without_losing_a_record()
    {
        var handled = new Arrivals<int>();
        var healthy = false;
        await using var app = await Start(cfg =>
        {
            cfg.Topic("steps", t => t.Partitions(1).Carries<Step>());
            cfg.UseKillSwitch(x => x.SetActivationThreshold(2).SetTripThreshold(0.5).SetRestartTimeout(TimeSpan.FromSeconds(1)));
            cfg.ReceiveEndpoint("switched", e => e.Handler<Step>(x =>
            {
                if (!healthy && x.Message.Number < 10)
                    throw new InvalidOperationException("planned");

                handled.Add(x.Message.Number);
                return Task.CompletedTask;
            }));
        });

        for (var i = 0; i < 10; i++)
            await app.Bus.Publish(new Step("one", i));

        await RawLog.Read(broker.BootstrapServers, _prefix + "switched_error", 2).Soon();
        healthy = true;
        await app.Bus.Publish(new Step("one", 10));

        while (await handled.Next() != 10)
        {
        }
    }

    private Task<BusApp> Start(Action<ILogBusFactoryConfigurator> configure)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) => configure(cfg)));
    }

    private sealed class AskConsumer : IConsumer<Ask>
    {
        public Task Consume(ConsumeContext<Ask> context) => context.RespondAsync(new Answer(context.Message.Question + "!"));
    }
}
