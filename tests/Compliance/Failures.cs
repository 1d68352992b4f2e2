using System.Net.Mime;
using Compliance.Support;
using Compliance.Transports;
using MassTransit.Serialization;

namespace Compliance;

/// <summary>What becomes of messages that cannot be handled.</summary>
public sealed class Failures : Behaviours
{
    [Theory, EveryTransport]
    public async Task a_fault_with_the_message_and_its_exceptions_is_published(Transport transport)
    {
        var faults = new Arrivals<ConsumeContext<Fault<ThingHappened>>>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("failing", e => e.Handler<ThingHappened>(_ => throw new InvalidOperationException("planned")));
            cfg.ReceiveEndpoint("faults", e => e.Handler<Fault<ThingHappened>>(x => Take(faults, x)));
        });
        var id = NewId.NextGuid();

        await app.Bus.Publish(new ThingHappened("a", 1), x => x.MessageId = id);

        var fault = (await faults.Next()).Message;
        Assert.Equal(("a", id), (fault.Message.Name, fault.FaultedMessageId));
        Assert.Equal((typeof(InvalidOperationException).FullName, "planned"), (fault.Exceptions.Single().ExceptionType, fault.Exceptions.Single().Message));
    }

    [Theory, EveryTransport]
    public async Task a_fault_goes_to_the_address_that_the_message_names_for_it(Transport transport)
    {
        var faults = new Arrivals<ConsumeContext<Fault<ThingHappened>>>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("failing", e => e.Handler<ThingHappened>(_ => throw new InvalidOperationException("planned")));
            Queue(cfg, "watching", faults);
        });

        await app.Bus.Publish(new ThingHappened("a", 1), x => x.FaultAddress = new Uri("queue:watching"));

        Assert.Equal("a", (await faults.Next()).Message.Message.Name);
    }

    [Theory, EveryTransport]
    public async Task a_message_that_failed_is_moved_to_the_error_queue_as_it_was_with_the_reason(Transport transport)
    {
        var moved = new Arrivals<ConsumeContext<ThingHappened>>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("failing", e => e.Handler<ThingHappened>(_ => throw new InvalidOperationException("planned")));
            Queue(cfg, "failing_error", moved);
        });
        var id = NewId.NextGuid();

        await app.Bus.Publish(new ThingHappened("a", 1), x =>
        {
            x.MessageId = id;
            x.Headers.Set("tenant", "north");
        });

        var context = await moved.Next();
        Assert.Equal((id, "a", "north"), (context.MessageId, context.Message.Name, context.Headers.Get<string>("tenant")));
        Assert.Equal("planned", context.ReceiveContext.TransportHeaders.Get<string>(MessageHeaders.FaultMessage));
        Assert.Equal("fault", context.ReceiveContext.TransportHeaders.Get<string>(MessageHeaders.Reason));
    }

    [Theory, EveryTransport]
    public async Task a_message_sent_to_an_endpoint_that_does_not_handle_it_is_moved_to_its_skipped_queue(Transport transport)
    {
        var skipped = new Arrivals<ConsumeContext<OtherHappened>>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("picky", e => e.Handler<ThingHappened>(_ => Task.CompletedTask));
            Queue(cfg, "picky_skipped", skipped);
        });

        await Send(app, "queue:picky", new OtherHappened("a"));

        var context = await skipped.Next();
        Assert.Equal("a", context.Message.Name);
        Assert.Equal("dead-letter", context.ReceiveContext.TransportHeaders.Get<string>(MessageHeaders.Reason));
    }

    [Theory, EveryTransport]
    public async Task bytes_that_cannot_be_read_are_moved_to_the_error_queue_and_the_next_message_is_handled(Transport transport)
    {
        var handled = new Arrivals<string>();
        var moved = new ReceivedBodies("poisoned_error");
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("poisoned", e => e.Handler<ThingHappened>(x => Take(handled, x.Message.Name)));
            cfg.ReceiveEndpoint("poisoned_error", e => e.Handler<Step>(_ => Task.CompletedTask));
        });
        app.Bus.ConnectReceiveObserver(moved);

        await (await app.Bus.GetSendEndpoint(new Uri("queue:poisoned"))).Send(new ThingHappened("a", 1), x => x.Serializer = new Poison());
        await Send(app, "queue:poisoned", new ThingHappened("b", 2));

        Assert.Equal("b", await handled.Next());
        Assert.Equal(Poison.Text, await moved.Next());
    }

    [Theory, EveryTransport]
    public async Task a_message_that_failed_is_forgotten_when_that_is_wanted_and_its_fault_is_published(Transport transport)
    {
        var (faults, moved) = (new Arrivals<string>(), new Arrivals<ConsumeContext<ThingHappened>>());
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("failing", e =>
            {
                e.DiscardFaultedMessages();
                e.Handler<ThingHappened>(_ => throw new InvalidOperationException("planned"));
            });
            cfg.ReceiveEndpoint("faults", e => e.Handler<Fault<ThingHappened>>(x => Take(faults, x.Message.Message.Name)));
            Queue(cfg, "failing_error", moved);
        });

        await app.Bus.Publish(new ThingHappened("a", 1));
        await app.Bus.Publish(new ThingHappened("b", 2));
        Assert.Equal(["a", "b"], (await faults.Next(2)).Order());
        await Send(app, "queue:failing_error", new ThingHappened("sent", 3));

        Assert.Equal("sent", (await moved.Next()).Message.Name);
    }

    [Theory, EveryTransport]
    public async Task a_message_that_nobody_handles_is_forgotten_when_that_is_wanted(Transport transport)
    {
        var (handled, skipped) = (new Arrivals<string>(), new Arrivals<ConsumeContext<OtherHappened>>());
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("picky", e =>
            {
                e.DiscardSkippedMessages();
                e.Handler<ThingHappened>(x => Take(handled, x.Message.Name));
            });
            Queue(cfg, "picky_skipped", skipped);
        });

        await Send(app, "queue:picky", new OtherHappened("a"));
        await Send(app, "queue:picky", new ThingHappened("b", 1));
        Assert.Equal("b", await handled.Next());
        await Send(app, "queue:picky_skipped", new OtherHappened("sent"));

        Assert.Equal("sent", (await skipped.Next()).Message.Name);
    }

    [Theory, EveryTransport(Capability.ThrownIsMoved)]
    public async Task a_failure_that_the_endpoint_rethrows_is_moved_to_the_error_queue_all_the_same(Transport transport)
    {
        var attempts = new Arrivals<string>();
        var moved = new Arrivals<ConsumeContext<ThingHappened>>();
        await using (var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("failing", e =>
            {
                e.RethrowFaultedMessages();
                e.Handler<ThingHappened>(x =>
                {
                    attempts.Add(x.Message.Name);
                    throw new InvalidOperationException("planned");
                });
            });
            Queue(cfg, "failing_error", moved);
        }))
        {
            await app.Bus.Publish(new ThingHappened("a", 1));

            var context = await moved.Next();
            Assert.Equal(("a", "planned"), (context.Message.Name, context.ReceiveContext.TransportHeaders.Get<string>(MessageHeaders.FaultMessage)));
        }

        Assert.Equal(1, attempts.Count);
    }

    [Theory, EveryTransport(Capability.ThrownIsMoved)]
    public async Task a_message_that_the_endpoint_throws_for_because_nobody_handles_it_is_moved_to_the_error_queue(Transport transport)
    {
        var handled = new Arrivals<string>();
        var moved = new Arrivals<ConsumeContext<OtherHappened>>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("picky", e =>
            {
                e.ThrowOnSkippedMessages();
                e.Handler<ThingHappened>(x => Take(handled, x.Message.Name));
            });
            Queue(cfg, "picky_error", moved);
        });

        await Send(app, "queue:picky", new OtherHappened("a"));
        await Send(app, "queue:picky", new ThingHappened("b", 1));

        var context = await moved.Next();
        Assert.Equal("a", context.Message.Name);
        Assert.Contains("not consumed", context.ReceiveContext.TransportHeaders.Get<string>(MessageHeaders.FaultMessage), StringComparison.Ordinal);
        Assert.Equal("b", await handled.Next());
    }

    private sealed class Poison : IMessageSerializer
    {
        public const string Text = "{ not json";

        public ContentType ContentType => SystemTextJsonMessageSerializer.JsonContentType;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new StringMessageBody(Text);
    }
}
