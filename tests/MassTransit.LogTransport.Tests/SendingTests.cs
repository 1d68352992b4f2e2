using MassTransit.Context;
using MassTransit.LogTransport.Tests.Support;
using MassTransit.Serialization;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Tests;

/// <summary>What a message looks like in the log, and what can be prepared without one.</summary>
public sealed class SendingTests(SharedBroker broker)
{
    private readonly string _prefix = LogBus.NewPrefix();

    [Fact]
    public async Task a_record_is_plain_json_with_the_envelope_in_its_headers()
    {
        await using var app = await Start(cfg => cfg.Topic("things", t => t.Carries<Painted>(x => x.Name)));
        var correlationId = NewId.NextGuid();

        await app.Bus.Publish(new Painted("a", Colour.DarkGreen, 12.30m), x =>
        {
            x.CorrelationId = correlationId;
            x.Headers.Set("tenant", "north");
        });

        var record = (await RawLog.Read(broker.BootstrapServers, _prefix + "things", 1).Soon()).Single();
        Assert.Equal("""{"name":"a","colour":"DarkGreen","price":12.30}""", record.Message.Value);
        Assert.Equal("a", record.Message.Key);
        Assert.Equal("Painted", record.Header("message-type"));
        Assert.Equal("urn:message:MassTransit.LogTransport.Tests.Support:Painted", record.Header("mt-types"));
        Assert.Equal(correlationId.ToString(), record.Header("correlation-id"));
        Assert.Equal("application/json", record.Header("content-type"));
        Assert.Equal("north", record.Header("tenant"));
        Assert.StartsWith("test@", record.Header("producer"), StringComparison.Ordinal);
        Assert.True(Guid.TryParse(record.Header("message-id"), out _));
        Assert.True(DateTimeOffset.TryParse(record.Header("produced-at"), out _));
        Assert.DoesNotContain(record.Message.Headers, x => x.Key.StartsWith("MT-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task an_explicit_partition_key_wins_over_the_selector_and_the_selector_over_the_correlation_id()
    {
        await using var app = await Start(cfg => cfg.Topic("things", t => t.Partitions(1).Carries<ThingHappened>(x => x.Name).Carries<Correlated>().Carries<OtherHappened>()));
        var correlationId = NewId.NextGuid();

        await app.Bus.Publish(new ThingHappened("selected", 1), x => x.SetPartitionKey("explicit"));
        await app.Bus.Publish(new ThingHappened("selected", 2), x => x.CorrelationId = correlationId);
        await app.Bus.Publish(new Correlated(correlationId, "c"));
        await app.Bus.Publish(new OtherHappened("none"));

        var records = await RawLog.Read(broker.BootstrapServers, _prefix + "things", 4).Soon();
        Assert.Equal(["explicit", "selected", correlationId.ToString(), null], records.Select(x => x.Message.Key));
    }

    [Fact]
    public async Task a_key_is_told_by_the_formatter_of_a_type_or_of_an_interface_it_has_and_wins_over_the_selector()
    {
        await using var app = await Start(cfg =>
        {
            cfg.Topic("things", t => t.Partitions(1).Carries<Step>(_ => "selected").Carries<OtherHappened>().Carries<ThingHappened>());
            cfg.Send<Step>(x => x.UsePartitionKeyFormatter(c => $"step {c.Message.Key}"));
            cfg.SendTopology.UsePartitionKeyFormatter<OtherHappened>(c => $"other {c.Message.Name}");
            cfg.Send<ISomethingHappened>(x => x.UsePartitionKeyFormatter(c => $"something {c.Message.Name}"));
        });

        await app.Bus.Publish(new Step("a", 1));
        await app.Bus.Publish(new OtherHappened("b"));
        await app.Bus.Publish(new ThingHappened("c", 1));
        await app.Bus.Publish(new Step("d", 1), x => x.SetPartitionKey("explicit"));

        var records = await RawLog.Read(broker.BootstrapServers, _prefix + "things", 4).Soon();
        Assert.Equal(["step a", "other b", "something c", "explicit"], records.Select(x => x.Message.Key));
    }

    [Fact]
    public async Task what_a_consumer_sends_to_a_queue_keeps_the_key_of_what_it_consumed_and_names_its_cause()
    {
        await using var app = await Start(cfg =>
        {
            cfg.Topic("things", t => t.Carries<ThingHappened>(x => x.Name));
            cfg.ReceiveEndpoint("relay", e => e.Handler<ThingHappened>(async x =>
                await (await x.GetSendEndpoint(new Uri("queue:sink"))).Send(new OtherHappened(x.Message.Name))));
        });

        await app.Bus.Publish(new ThingHappened("the key", 1));

        var relayed = (await RawLog.Read(broker.BootstrapServers, _prefix + "things", 1).Soon()).Single();
        var sent = (await RawLog.Read(broker.BootstrapServers, _prefix + "sink", 1).Soon()).Single();
        Assert.Equal("the key", sent.Message.Key);
        Assert.Equal(relayed.Header("message-id"), sent.Header("causation-id"));
    }

    [Fact]
    public async Task a_type_that_implements_types_of_other_topics_is_copied_to_each()
    {
        await using var app = await Start(cfg =>
        {
            cfg.Topic("things", t => t.Carries<ThingHappened>());
            cfg.Topic("somethings", t => t.Carries<ISomethingHappened>());
        });

        await app.Bus.Publish(new ThingHappened("a", 1));

        var own = (await RawLog.Read(broker.BootstrapServers, _prefix + "things", 1).Soon()).Single();
        var copy = (await RawLog.Read(broker.BootstrapServers, _prefix + "somethings", 1).Soon()).Single();
        Assert.Equal($"{_prefix}things;{_prefix}somethings", own.Header("mt-topics"));
        Assert.Equal(own.Header("message-id"), copy.Header("message-id"));
    }

    [Fact]
    public async Task a_send_context_is_complete_without_a_broker_and_survives_an_outbox()
    {
        var busControl = Bus.Factory.CreateUsingLog(cfg =>
        {
            cfg.Host("127.0.0.1:1", x => x.Prefix("p."));
            cfg.Topic("things", t => t.Carries<ThingHappened>(x => x.Name));
            cfg.Topic("somethings", t => t.Carries<ISomethingHappened>());
        });
        var properties = new Dictionary<string, object>();

        var endpoint = (ITransportSendEndpoint)await busControl.GetPublishSendEndpoint<ThingHappened>();
        var context = (TransportSendContext)await endpoint.CreateSendContext(new ThingHappened("a", 1), Pipe.Empty<SendContext<ThingHappened>>(), TestContext.Current.CancellationToken);
        context.WritePropertiesTo(properties);
        var delivered = new Sending.LogMessageSendContext<ThingHappened>(new ThingHappened("a", 1), CancellationToken.None);
        delivered.ReadPropertiesFrom(properties);

        Assert.Equal(["p.things", "p.somethings"], delivered.Topics);
        Assert.Equal("a", delivered.PartitionKey);
        Assert.NotNull(delivered.ProducedAt);
    }

    [Fact]
    public async Task a_cold_burst_of_ten_thousand_sends_arrives_completely()
    {
        await using var app = await Start(cfg => cfg.Topic("steps", t => t.Partitions(2).Carries<Step>(x => x.Key)));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(publisher => Task.Run(async () =>
        {
            var pending = new List<Task>();
            for (var i = 0; i < 500; i++)
                pending.Add(app.Bus.Publish(new Step($"{publisher}", i)));

            await Task.WhenAll(pending);
        }))).Soon();

        var records = await RawLog.Read(broker.BootstrapServers, _prefix + "steps", 10_000).Soon();
        Assert.Equal(20, records.Select(x => x.Message.Key).Distinct().Count());
        Assert.Equal(10_000, records.Select(x => (x.Message.Key, x.Message.Value)).Distinct().Count());
    }

    [Fact]
    public async Task a_delay_survives_an_outbox_as_the_time_it_ends_and_is_over_when_the_outbox_has_waited_itself()
    {
        var busControl = Bus.Factory.CreateUsingLog(cfg => cfg.Host("127.0.0.1:1"));
        var token = NewId.NextGuid();
        var properties = new Dictionary<string, object>();
        var before = TimeProvider.System.GetUtcNow();

        var endpoint = (ITransportSendEndpoint)await busControl.GetPublishSendEndpoint<ThingHappened>();
        var context = (TransportSendContext)await endpoint.CreateSendContext(new ThingHappened("a", 1), Pipe.Execute<SendContext<ThingHappened>>(
            x => (x.Delay, x.ScheduledMessageId) = (TimeSpan.FromHours(1), token)), TestContext.Current.CancellationToken);
        context.WritePropertiesTo(properties);
        var (handedOn, waitedFor) = (Stored(properties), Stored(properties));
        waitedFor.Remove("Delay");

        var later = Delivered(handedOn);
        Assert.InRange(later.DeliverAt!.Value, before + TimeSpan.FromHours(1), TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1));
        Assert.Equal(token, later.ScheduledMessageId);
        Assert.Null(Delivered(waitedFor).DeliverAt);

        static Dictionary<string, object> Stored(Dictionary<string, object> properties) =>
            SystemTextJsonMessageSerializer.Instance.DeserializeDictionary<object>(SystemTextJsonMessageSerializer.Instance.SerializeDictionary(properties)!)!;

        static Sending.LogMessageSendContext<ThingHappened> Delivered(Dictionary<string, object> properties)
        {
            var delivered = new Sending.LogMessageSendContext<ThingHappened>(new ThingHappened("a", 1), CancellationToken.None);
            delivered.ReadPropertiesFrom(properties);
            return delivered;
        }
    }

    [Theory]
    [InlineData("acks", "1")]
    [InlineData("enable.auto.offset.store", "true")]
    public void a_setting_that_carries_the_guarantee_is_refused(string name, string value)
    {
        Assert.Throws<ConfigurationException>(() => Bus.Factory.CreateUsingLog(cfg => cfg.Host("localhost:9092", x => x.ClientSetting(name, value))));
    }

    [Fact]
    public void a_type_is_carried_by_one_topic_only()
    {
        Assert.Throws<ConfigurationException>(() => Bus.Factory.CreateUsingLog(cfg =>
        {
            cfg.Topic("one", t => t.Carries<ThingHappened>());
            cfg.Topic("two", t => t.Carries<ThingHappened>());
        }));
    }

    private Task<BusApp> Start(Action<ILogBusFactoryConfigurator> configure)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) => configure(cfg)));
    }
}
