using System.Diagnostics;
using System.Text.Json;
using Compliance.Support;
using Compliance.Transports;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Compliance;

/// <summary>What can be seen of a bus from outside.</summary>
public sealed class Observing : Behaviours
{
    [Theory, EveryTransport]
    public async Task observers_are_told_what_is_published_sent_received_and_consumed(Transport transport)
    {
        var sightings = new Sightings();
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("relay", e => e.Handler<ThingHappened>(async x =>
                await (await x.GetSendEndpoint(new Uri("queue:sink"))).Send(new OtherHappened(x.Message.Name))));
            cfg.ReceiveEndpoint("sink", e => e.Handler<OtherHappened>(_ => Task.CompletedTask));
        });
        app.Bus.ConnectReceiveObserver(sightings);
        app.Bus.ConnectConsumeObserver(sightings);
        app.Bus.ConnectSendObserver(sightings);
        app.Bus.ConnectPublishObserver(sightings);

        await app.Bus.Publish(new ThingHappened("a", 1));

        await sightings.All("publish ThingHappened", "published ThingHappened", "receive", "consume ThingHappened", "send OtherHappened", "sent OtherHappened",
            "consumed ThingHappened", "consumed ThingHappened by a consumer", "consumed OtherHappened", "received");
    }

    [Theory, EveryTransport]
    public async Task observers_are_told_of_a_failure(Transport transport)
    {
        var sightings = new Sightings();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("failing", e => e.Handler<ThingHappened>(_ => throw new InvalidOperationException("planned"))));
        app.Bus.ConnectReceiveObserver(sightings);
        app.Bus.ConnectConsumeObserver(sightings);

        await app.Bus.Publish(new ThingHappened("a", 1));

        await sightings.All("consume ThingHappened", "fault of ThingHappened: planned", "fault of a consumer: planned");
    }

    [Theory, EveryTransport]
    public async Task a_trace_goes_on_in_the_consumer(Transport transport)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = x => x.Name is "MassTransit" or "compliance",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("compliance");
        var traces = new Arrivals<ActivityTraceId?>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("traced", e => e.Handler<ThingHappened>(_ => Take(traces, Activity.Current?.TraceId))));

        using var activity = source.StartActivity("placing");
        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.NotNull(activity);
        Assert.Equal(activity.TraceId, await traces.Next());
    }

    [Theory, EveryTransport]
    public async Task a_probe_shows_the_endpoints(Transport transport)
    {
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("probed-endpoint", e => e.Handler<ThingHappened>(_ => Task.CompletedTask)));

        var probe = JsonSerializer.Serialize(app.Bus.GetProbeResult().Results);

        Assert.Contains("probed-endpoint", probe, StringComparison.Ordinal);
        Assert.Contains(nameof(ThingHappened), probe, StringComparison.Ordinal);
    }

    [Theory, EveryTransport]
    public async Task the_test_harness_sees_what_goes_over_the_bus(Transport transport)
    {
        await TransportsUnderTest.All[transport].Prepare(Place);
        await using var provider = new ServiceCollection()
            .AddMassTransitTestHarness(x =>
            {
                x.AddConsumer<AskConsumer>();
                Use(transport, x);
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

    private sealed class AskConsumer : IConsumer<Ask>
    {
        public Task Consume(ConsumeContext<Ask> context) => context.RespondAsync(new Answer(context.Message.Question + "!"));
    }
}
