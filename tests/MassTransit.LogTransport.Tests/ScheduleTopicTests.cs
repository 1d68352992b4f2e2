using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MassTransit.LogTransport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.LogTransport.Tests;

/// <summary>What the schedule's topic looks like to other clients, and what becomes of its records.</summary>
public sealed class ScheduleTopicTests(SharedBroker broker)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly string _prefix = LogBus.NewPrefix();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Arrivals<ConsumeContext> _arrived = new();

    [Fact]
    public async Task a_waiting_message_is_the_record_it_will_be_with_its_token_as_the_key()
    {
        await using var app = await Start(x => x.Enabled = false);
        var due = _time.GetUtcNow().UtcDateTime + Hour;

        var scheduled = await Scheduler(app).SchedulePublish(due, new Step("k1", 7));

        var waiting = (await Read("schedule", 1)).Single();
        Assert.Equal(scheduled.TokenId.ToString("D"), waiting.Message.Key);
        Assert.Equal("""{"key":"k1","number":7}""", waiting.Message.Value);
        Assert.Equal($"{due:O}", waiting.Header("mt-deliver-at"));
        Assert.Equal(_prefix + "steps", waiting.Header("mt-deliver-to"));
        Assert.Equal("k1", waiting.Header("mt-deliver-key"));
        Assert.Equal("Step", waiting.Header("message-type"));
    }

    [Fact]
    public async Task what_is_delivered_has_the_key_and_headers_of_a_message_that_was_never_delayed()
    {
        await using var app = await Start();
        var (messageId, correlationId) = (NewId.NextGuid(), NewId.NextGuid());

        foreach (var delay in (TimeSpan[])[TimeSpan.Zero, Hour])
        {
            await app.Bus.Publish(new Step("k1", 7), x =>
            {
                (x.MessageId, x.CorrelationId, x.ConversationId, x.Delay) = (messageId, correlationId, correlationId, delay);
                x.Headers.Set("tenant", "north");
            });
        }

        _time.Advance(Hour * 2);
        var records = await Read("steps", 2);

        Assert.Equal(records[0].Message.Key, records[1].Message.Key);
        Assert.Equal(records[0].Message.Value, records[1].Message.Value);
        Assert.Equal(records[0].Message.Headers.Select(x => x.Key), records[1].Message.Headers.Select(x => x.Key));
        Assert.All(records[0].Message.Headers.Where(x => x.Key != "produced-at"), x => Assert.Equal(records[0].Header(x.Key), records[1].Header(x.Key)));
        Assert.Equal(messageId, (await _arrived.Next()).MessageId);
        Assert.Equal("k1", (await _arrived.Next()).PartitionKey());
    }

    [Fact]
    public async Task a_scheduled_publish_reaches_a_consumer_of_the_type_and_one_of_its_base_type_once_each()
    {
        var (derived, based) = (new Arrivals<string?>(), new Arrivals<string?>());
        await using var app = await Start(configure: cfg => cfg.ReceiveEndpoint("both", e =>
        {
            e.Handler<ThingHappened>(x => Take(derived, x.Message.Name));
            e.Handler<ISomethingHappened>(x => Take(based, x.Message.Name));
        }));

        await Scheduler(app).SchedulePublish(_time.GetUtcNow().UtcDateTime + Hour, new ThingHappened("later", 1));
        _time.Advance(Hour * 2);
        Assert.Equal("later", await derived.Next());
        Assert.Equal("later", await based.Next());
        await app.Bus.Publish(new ThingHappened("last", 1));

        Assert.Equal("last", await derived.Next());
        Assert.Equal("last", await based.Next());
        Assert.Equal((2, 2), (derived.Count, based.Count));
    }

    [Fact]
    public async Task the_topic_is_compacted_and_has_the_name_and_partitions_it_was_given()
    {
        await using var app = await Start(x => (x.Topic, x.Partitions) = ("timers", 3));

        await app.Bus.Publish(new Step("a", 1), x => x.Delay = Hour);

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        var settings = (await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = _prefix + "timers" }])).Single().Entries;
        Assert.Equal(3, admin.GetMetadata(_prefix + "timers", Deadline.Limit).Topics.Single().Partitions.Count);
        Assert.Equal("compact", settings["cleanup.policy"].Value);
        Assert.Equal("60000", settings["min.compaction.lag.ms"].Value);
        Assert.Equal("3600000", settings["segment.ms"].Value);
    }

    [Fact]
    public async Task a_bus_that_only_deploys_its_topics_deploys_this_one()
    {
        await using var app = await Start(configure: cfg => cfg.DeployTopologyOnly = true);

        await RawLog.WaitForTopic(broker.BootstrapServers, _prefix + "schedule").Soon();
    }

    [Fact]
    public async Task a_message_scheduled_under_a_token_whose_earlier_message_was_just_delivered_is_written_again_so_that_compaction_keeps_it()
    {
        await using var app = await Start();
        await app.Bus.Publish(new Step("a", 0), x => x.Delay = Hour);
        var token = Guid.NewGuid();

        await Write(token, "later", deliverAt: Hour * 2);
        await RawLog.Write(broker.BootstrapServers, _prefix + "schedule", $"{token}", null, ("mt-delivered", "0"));

        var again = (await Read("schedule", 4))[3];
        Assert.Equal($"{token}", again.Message.Key);
        Assert.Equal("""{"key":"later","number":1}""", again.Message.Value);
        _time.Advance(Hour * 3);
        await _arrived.Next(2);
        await app.Bus.Publish(new Step("last", 1), x => x.Delay = Hour);
        _time.Advance(Hour * 3);
        Assert.Equal("last", (await _arrived.Next()).PartitionKey());
    }

    [Fact]
    public async Task any_client_can_schedule_and_cancel_and_what_is_no_schedule_is_passed_over()
    {
        await using var app = await Start();
        await app.Bus.Publish(new Step("a", 0), x => x.Delay = Hour);
        var cancelled = Guid.NewGuid();

        await Write(cancelled, "cancelled", deliverAt: Hour);
        await Write(Guid.NewGuid(), "foreign", deliverAt: Hour * 2);
        await RawLog.Write(broker.BootstrapServers, _prefix + "schedule", $"{cancelled}", null);
        await RawLog.Write(broker.BootstrapServers, _prefix + "schedule", "no token", "x", ("mt-deliver-at", "2020-01-01"), ("mt-deliver-to", _prefix + "steps"));
        await RawLog.Write(broker.BootstrapServers, _prefix + "schedule", $"{Guid.NewGuid()}", "x", ("mt-deliver-at", "2020-01-01"));
        await RawLog.Write(broker.BootstrapServers, _prefix + "schedule", $"{Guid.NewGuid()}", "x", ("mt-deliver-at", "soon"), ("mt-deliver-to", _prefix + "steps"));
        _time.Advance(Hour * 3);

        Assert.Equal(["a", "foreign"], (await _arrived.Next(2)).Select(x => x.PartitionKey()).Order());
    }

    [Fact]
    public void the_topic_can_neither_carry_messages_nor_be_an_endpoint()
    {
        var carried = Assert.Throws<ConfigurationException>(() => Bus.Factory.CreateUsingLog(cfg => cfg.Topic("schedule", t => t.Carries<Step>())));
        var endpoint = Assert.Throws<ConfigurationException>(() => Bus.Factory.CreateUsingLog(cfg => cfg.ReceiveEndpoint("schedule", _ => { })));

        Assert.Contains("schedule", carried.Message, StringComparison.Ordinal);
        Assert.Contains("schedule", endpoint.Message, StringComparison.Ordinal);
    }

    private static IMessageScheduler Scheduler(BusApp app) => app.Services.CreateScope().ServiceProvider.GetRequiredService<IMessageScheduler>();

    private Task<List<ConsumeResult<string?, string?>>> Read(string topic, int count) => RawLog.Read(broker.BootstrapServers, _prefix + topic, count).Soon();

    private Task Write(Guid token, string key, TimeSpan deliverAt)
    {
        return RawLog.Write(broker.BootstrapServers, _prefix + "schedule", $"{token}", $$"""{"key":"{{key}}","number":1}""", ("message-type", "Step"),
            ("mt-deliver-at", $"{(_time.GetUtcNow() + deliverAt).UtcDateTime:O}"), ("mt-deliver-to", _prefix + "steps"), ("mt-deliver-key", key));
    }

    private Task<BusApp> Start(Action<ILogSchedulerConfigurator>? scheduler = null, Action<ILogBusFactoryConfigurator>? configure = null)
    {
        return BusApp.StartAsync(x =>
        {
            x.AddLogMessageScheduler();
            x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
            {
                cfg.Scheduler(s =>
                {
                    s.Partitions = 1;
                    scheduler?.Invoke(s);
                });
                cfg.Topic("steps", t => t.Partitions(1).Carries<Step>(s => s.Key));
                cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(c => Take(_arrived, c)));
                configure?.Invoke(cfg);
            });
        }, services: x => x.AddSingleton<TimeProvider>(_time));
    }

    private static Task Take<T>(Arrivals<T> arrivals, T arrival)
    {
        arrivals.Add(arrival);
        return Task.CompletedTask;
    }
}
