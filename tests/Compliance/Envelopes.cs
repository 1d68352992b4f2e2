using System.Text.Json;
using Compliance.Support;
using Compliance.Transports;
using MassTransit.MessageData;

namespace Compliance;

/// <summary>What travels with a message, and what a message may hold.</summary>
public sealed class Envelopes : Behaviours
{
    [Theory, EveryTransport]
    public async Task identifiers_and_addresses_travel_with_the_message(Transport transport)
    {
        var arrived = new Arrivals<ConsumeContext<ThingHappened>>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x))));
        var (messageId, correlationId, conversationId) = (NewId.NextGuid(), NewId.NextGuid(), NewId.NextGuid());
        var before = TimeProvider.System.GetUtcNow().UtcDateTime;

        await app.Bus.Publish(new ThingHappened("a", 1), x => (x.MessageId, x.CorrelationId, x.ConversationId) = (messageId, correlationId, conversationId));

        var context = await arrived.Next();
        Assert.Equal((messageId, correlationId, conversationId), (context.MessageId, context.CorrelationId, context.ConversationId));
        Assert.Equal(app.Bus.Address.AbsolutePath, context.SourceAddress!.AbsolutePath);
        Assert.True(app.Bus.Topology.TryGetPublishAddress<ThingHappened>(out var published));
        Assert.Equal(published.AbsolutePath, context.DestinationAddress!.AbsolutePath);
        Assert.InRange(context.SentTime!.Value.ToUniversalTime(), before.AddSeconds(-1), TimeProvider.System.GetUtcNow().UtcDateTime);
    }

    [Theory, EveryTransport]
    public async Task headers_travel_with_the_message_whatever_their_type(Transport transport)
    {
        var arrived = new Arrivals<ConsumeContext<ThingHappened>>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x))));
        var at = new DateTimeOffset(2024, 2, 29, 12, 30, 15, TimeSpan.Zero);

        await app.Bus.Publish(new ThingHappened("a", 1), x =>
        {
            x.Headers.Set("text", "wörds; and \"more\"");
            x.Headers.Set("number", 42);
            x.Headers.Set("flag", true);
            x.Headers.Set("at", at);
            x.Headers.Set("list", new[] { "one", "two" });
            x.Headers.Set("object", new OtherHappened("inside"));
        });

        var headers = (await arrived.Next()).Headers;
        Assert.Equal("wörds; and \"more\"", headers.Get<string>("text"));
        Assert.Equal(42, headers.Get<int>("number"));
        Assert.True(headers.Get<bool>("flag"));
        Assert.Equal(at, headers.Get<DateTimeOffset>("at"));
        Assert.Equal(["one", "two"], headers.Get<string[]>("list")!);
        Assert.Equal(new OtherHappened("inside"), headers.Get<OtherHappened>("object"));
    }

    [Theory, EveryTransport]
    public async Task values_of_every_kind_come_out_as_they_went_in(Transport transport)
    {
        var (arrived, painted) = (new Arrivals<Everything>(), new Arrivals<Painted>());
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("reader", e =>
        {
            e.Handler<Everything>(x => Take(arrived, x.Message));
            e.Handler<Painted>(x => Take(painted, x.Message));
        }));
        var sent = new Everything("ünïcode \u2028 \"quoted\" \\ 漢字", null, [1, 2, 3], new() { ["Key With Case"] = "v", ["k2"] = "" },
            new DateTimeOffset(2024, 2, 29, 12, 30, 15, 123, TimeSpan.FromHours(2)), TimeSpan.FromMilliseconds(90_061_001), NewId.NextGuid(), long.MaxValue, new Uri("queue:somewhere"));

        await app.Bus.Publish(sent);
        await app.Bus.Publish(new Painted("a", Colour.DarkGreen, 12.30m));

        var got = await arrived.Next();
        Assert.Equivalent(sent, got, strict: true);
        Assert.Equal(sent.At.Offset, got.At.Offset);
        Assert.Equal(new Painted("a", Colour.DarkGreen, 12.30m), await painted.Next());
    }

    [Theory, EveryTransport]
    public async Task a_large_message_arrives_whole(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("reader", e => e.Handler<OtherHappened>(x => Take(arrived, x.Message.Name))));
        var large = string.Join(' ', Enumerable.Range(0, 100_000));

        await app.Bus.Publish(new OtherHappened(large));

        Assert.Equal(large, await arrived.Next());
    }

    [Theory, EveryTransport]
    public async Task data_that_is_too_large_for_a_message_is_kept_elsewhere(Transport transport)
    {
        var arrived = new Arrivals<string>();
        var store = new InMemoryMessageDataRepository();
        await using var app = await Start(transport, cfg =>
        {
            cfg.UseMessageData(store);
            cfg.ReceiveEndpoint("reader", e => e.Handler<IDocument>(async x => arrived.Add((await x.Message.Text!.Value)!)));
        });
        var text = new string('x', 100_000);

        await app.Bus.Publish<IDocument>(new { Text = await store.PutString(text) });

        Assert.Equal(text, await arrived.Next());
    }

    [Theory, EveryTransport]
    public async Task a_bus_may_write_plain_json_without_an_envelope(Transport transport)
    {
        var arrived = new Arrivals<ConsumeContext<Painted>>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.UseRawJsonSerializer(RawSerializerOptions.All, isDefault: true);
            cfg.ReceiveEndpoint("reader", e => e.Handler<Painted>(x => Take(arrived, x)));
        });
        var id = NewId.NextGuid();

        await app.Bus.Publish(new Painted("a", Colour.DarkGreen, 12.30m), x =>
        {
            x.MessageId = id;
            x.Headers.Set("tenant", "north");
        });

        var context = await arrived.Next();
        Assert.Equal((new Painted("a", Colour.DarkGreen, 12.30m), id, "north"), (context.Message, context.MessageId, context.Headers.Get<string>("tenant")));
        using var body = JsonDocument.Parse(context.ReceiveContext.Body.GetBytes());
        Assert.Equal(["name", "colour", "price"], body.RootElement.EnumerateObject().Select(x => x.Name));
    }

    [Theory, EveryTransport]
    public async Task what_a_consumer_publishes_carries_on_the_conversation(Transport transport)
    {
        var arrived = new Arrivals<ConsumeContext<OtherHappened>>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("relay", e => e.Handler<ThingHappened>(x => x.Publish(new OtherHappened(x.Message.Name))));
            cfg.ReceiveEndpoint("end", e => e.Handler<OtherHappened>(x => Take(arrived, x)));
        });
        var (conversationId, correlationId) = (NewId.NextGuid(), NewId.NextGuid());

        await app.Bus.Publish(new ThingHappened("a", 1), x => (x.ConversationId, x.CorrelationId) = (conversationId, correlationId));

        var context = await arrived.Next();
        Assert.Equal((conversationId, correlationId), (context.ConversationId, context.InitiatorId));
        Assert.EndsWith("relay", context.SourceAddress!.AbsolutePath, StringComparison.Ordinal);
    }
}

public interface IDocument
{
    MessageData<string>? Text { get; }
}
