using System.Text.Json;
using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

/// <summary>Values that are the message alone, and values that are MassTransit's envelope, side by side.</summary>
public sealed class RecordBodyTests(SharedBroker broker)
{
    private const string Plain = "application/json";
    private const string Envelope = "application/vnd.masstransit+json";
    private readonly string _prefix = LogBus.NewPrefix();

    [Fact]
    public async Task a_bus_may_write_envelopes_and_a_topic_plain_json()
    {
        await using var app = await Start(cfg =>
        {
            cfg.UseJsonSerializer();
            cfg.Topic("things", t => t.Partitions(1).Carries<ThingHappened>().Carries<OtherHappened>());
            cfg.Topic("paint", t => t.Partitions(1).Carries<Painted>().Body(RecordBody.PlainJson));
        });

        await app.Bus.Publish(new ThingHappened("a", 1));
        await app.Bus.Publish(new Painted("a", Colour.Red, 1));

        Assert.Equal((Envelope, "a"), await Written("things", x => x.GetProperty("message").GetProperty("name").GetString()));
        Assert.Equal((Plain, "a"), await Written("paint", x => x.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task an_endpoint_may_write_envelopes_where_the_bus_writes_plain_json()
    {
        await using var app = await Start(cfg =>
        {
            cfg.Topic("asked", t => t.Partitions(1).Carries<ThingHappened>());
            cfg.Topic("told", t => t.Partitions(1).Carries<OtherHappened>());
            cfg.ReceiveEndpoint("relay", e =>
            {
                e.UseJsonSerializer();
                e.Handler<ThingHappened>(x => x.Publish(new OtherHappened(x.Message.Name)));
            });
        });

        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.Equal((Plain, "a"), await Written("asked", x => x.GetProperty("name").GetString()));
        Assert.Equal((Envelope, "a"), await Written("told", x => x.GetProperty("message").GetProperty("name").GetString()));
    }

    [Fact]
    public async Task readers_tell_the_forms_apart_by_the_content_type_of_each_record()
    {
        var arrived = new Arrivals<ConsumeContext<Painted>>();
        await using var reader = await Start(cfg =>
        {
            cfg.Topic("paint", t => t.Partitions(1).Carries<Painted>());
            cfg.ReceiveEndpoint("reader", e => e.Handler<Painted>(x =>
            {
                arrived.Add(x);
                return Task.CompletedTask;
            }));
        });
        await using var writer = await Start(cfg => cfg.Topic("paint", t => t.Carries<Painted>().Body(RecordBody.Envelope)));
        var correlationId = NewId.NextGuid();

        foreach (var (app, name) in ((BusApp, string)[])[(reader, "plain"), (writer, "envelope")])
        {
            await app.Bus.Publish(new Painted(name, Colour.DarkGreen, 12.30m), x =>
            {
                x.CorrelationId = correlationId;
                x.Headers.Set("tenant", "north");
            });
        }

        await RawLog.Write(broker.BootstrapServers, _prefix + "paint", null, """{"name":"foreign","colour":"Red","price":1}""");

        // Without a key they have no order.
        var contexts = (await arrived.Next(3)).OrderBy(x => Array.IndexOf(["plain", "envelope", "foreign"], x.Message.Name)).ToList();
        Assert.Equal(["plain", "envelope", "foreign"], contexts.Select(x => x.Message.Name));
        Assert.All(contexts.Take(2), x => Assert.Equal((Colour.DarkGreen, 12.30m, correlationId, "north"), (x.Message.Colour, x.Message.Price, x.CorrelationId, x.Headers.Get<string>("tenant"))));
        Assert.Equal([Plain, Envelope], contexts.Take(2).Select(x => x.ReceiveContext.ContentType?.MediaType));
    }

    [Fact]
    public async Task a_serializer_that_the_sender_sets_wins_over_that_of_the_topic()
    {
        await using var app = await Start(cfg => cfg.Topic("paint", t => t.Partitions(1).Carries<Painted>().Body(RecordBody.PlainJson)));

        await app.Bus.Publish(new Painted("a", Colour.Red, 1), x => x.Serializer = MassTransit.Serialization.SystemTextJsonMessageSerializer.Instance);

        Assert.Equal((Envelope, "a"), await Written("paint", x => x.GetProperty("message").GetProperty("name").GetString()));
    }

    private async Task<(string?, T)> Written<T>(string topic, Func<JsonElement, T> read)
    {
        var record = (await RawLog.Read(broker.BootstrapServers, _prefix + topic, 1).Soon()).Single();
        using var body = JsonDocument.Parse(record.Message.Value!);

        return (record.Header("content-type"), read(body.RootElement));
    }

    private Task<BusApp> Start(Action<ILogBusFactoryConfigurator> configure)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) => configure(cfg)));
    }
}
