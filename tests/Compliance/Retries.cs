using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>Messages that fail and are tried again, at once or later.</summary>
public sealed class Retries : Behaviours
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly DelayedSends _delayed = new();

    [Theory, EveryTransport]
    public async Task a_message_is_tried_again_until_it_is_handled_and_the_consumer_knows_how_often(Transport transport)
    {
        var attempts = new Arrivals<int>();
        await using var app = await Start(transport, cfg => cfg.ReceiveEndpoint("trying", e =>
        {
            e.UseMessageRetry(x => x.Immediate(5));
            e.Handler<ThingHappened>(x =>
            {
                attempts.Add(x.GetRetryAttempt());
                return x.GetRetryAttempt() < 2 ? throw new InvalidOperationException("planned") : x.Publish(new OtherHappened("handled"));
            });
            e.Handler<OtherHappened>(_ => Take(attempts, -1));
        }));

        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.Equal([0, 1, 2, -1], await attempts.Next(4));
    }

    [Theory, EveryTransport]
    public async Task a_message_is_tried_as_often_as_is_wanted_and_then_moved_to_the_error_queue(Transport transport)
    {
        var attempts = 0;
        var moved = new Arrivals<ConsumeContext<ThingHappened>>();
        var faults = new Arrivals<string>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("failing", e =>
            {
                e.UseMessageRetry(x => x.Immediate(2));
                e.Handler<ThingHappened>(_ =>
                {
                    Interlocked.Increment(ref attempts);
                    throw new InvalidOperationException("planned");
                });
            });
            cfg.ReceiveEndpoint("faults", e => e.Handler<Fault<ThingHappened>>(x => Take(faults, x.Message.Exceptions.Single().Message)));
            Queue(cfg, "failing_error", moved);
        });

        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.Equal("a", (await moved.Next()).Message.Name);
        Assert.Equal("planned", await faults.Next());
        Assert.Equal(3, attempts);
    }

    [Theory, EveryTransport]
    public async Task an_exception_that_no_retry_helps_is_not_retried(Transport transport)
    {
        var attempts = 0;
        var moved = new Arrivals<ConsumeContext<ThingHappened>>();
        await using var app = await Start(transport, cfg =>
        {
            cfg.ReceiveEndpoint("failing", e =>
            {
                e.UseMessageRetry(x =>
                {
                    x.Immediate(2);
                    x.Ignore<NotSupportedException>();
                });
                e.Handler<ThingHappened>(_ =>
                {
                    Interlocked.Increment(ref attempts);
                    throw new NotSupportedException("never");
                });
            });
            Queue(cfg, "failing_error", moved);
        });

        await app.Bus.Publish(new ThingHappened("a", 1));

        await moved.Next();
        Assert.Equal(1, attempts);
    }

    [Theory, EveryTransport(Capability.Scheduling)]
    public async Task a_message_is_delivered_again_later_as_often_as_is_wanted_and_then_moved_to_the_error_queue(Transport transport)
    {
        var time = NewTime(transport);
        var attempts = new Arrivals<(string Name, int Count, Guid? Id)>();
        var moved = new Arrivals<ConsumeContext<ThingHappened>>();
        await using var app = await StartAt(time, transport, cfg =>
        {
            cfg.ReceiveEndpoint("failing", e =>
            {
                e.UseDelayedRedelivery(x => x.Intervals(Hour, Hour));
                e.Handler<ThingHappened>(x =>
                {
                    attempts.Add((x.Message.Name, x.GetRedeliveryCount(), x.MessageId));
                    throw new InvalidOperationException("planned");
                });
            });
            Queue(cfg, "failing_error", moved);
        });
        Watch(app);

        await app.Bus.Publish(new ThingHappened("a", 1));
        var first = await attempts.Next();
        await _delayed.Next<ThingHappened>();
        var second = await time.After(app, Hour, attempts);
        await _delayed.Next<ThingHappened>();
        var third = await time.After(app, Hour, attempts);

        Assert.Equal(("a", 0), (first.Name, first.Count));
        Assert.Equal([("a", 1, first.Id), ("a", 2, first.Id)], [second, third]);
        Assert.Equal("a", (await moved.Next()).Message.Name);
    }

    [Theory, EveryTransport(Capability.Scheduling)]
    public async Task a_message_is_redelivered_by_the_scheduler_when_that_is_wanted(Transport transport)
    {
        var time = NewTime(transport);
        var attempts = new Arrivals<(string Name, int Count)>();
        await using var app = await StartAt(time, transport, cfg => cfg.ReceiveEndpoint("failing", e =>
        {
            e.UseScheduledRedelivery(x => x.Interval(1, Hour));
            e.Handler<ThingHappened>(x =>
            {
                attempts.Add((x.Message.Name, x.GetRedeliveryCount()));
                throw new InvalidOperationException("planned");
            });
        }));
        Watch(app);

        await app.Bus.Publish(new ThingHappened("a", 1));
        Assert.Equal(("a", 0), await attempts.Next());
        await _delayed.Next<ThingHappened>();

        Assert.Equal(("a", 1), await time.After(app, Hour * 2, attempts));
    }

    [Theory, EveryTransport(Capability.Scheduling)]
    public async Task a_consumer_puts_a_message_off(Transport transport)
    {
        var time = NewTime(transport);
        var seen = new Arrivals<string>();
        await using var app = await StartAt(time, transport, cfg => cfg.ReceiveEndpoint("busy", e => e.Handler<ThingHappened>(x =>
        {
            var putOff = x.Headers.Get<string>("put-off");
            seen.Add(putOff ?? "first");
            return putOff == null ? x.Defer(Hour, (_, send) => send.Headers.Set("put-off", "second")) : Task.CompletedTask;
        })));
        Watch(app);

        await app.Bus.Publish(new ThingHappened("a", 1));
        Assert.Equal("first", await seen.Next());
        await _delayed.Next<ThingHappened>();

        Assert.Equal("second", await time.After(app, Hour * 2, seen));
    }

    private void Watch(BusApp app)
    {
        app.Bus.ConnectSendObserver(_delayed);
        app.Bus.ConnectPublishObserver(_delayed);
    }
}
