using MassTransit.DependencyInjection;
using MassTransit.LogTransport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.LogTransport.Tests;

/// <summary>What is delayed, scheduled and cancelled over the log.</summary>
public sealed class SchedulingTests(SharedBroker broker)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly string _prefix = LogBus.NewPrefix();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Arrivals<string> _arrived = new();

    [Fact]
    public async Task nothing_is_delivered_before_it_is_due()
    {
        await using var app = await Start();

        foreach (var minutes in (int[])[90, 30, 60])
            await app.Bus.Publish(new Step("one", minutes), x => x.Delay = TimeSpan.FromMinutes(minutes));

        // All go by one partition of the schedule to one partition of the topic: what is delivered too early comes before the message that was not delayed.
        foreach (var minutes in (int[])[30, 60, 90])
        {
            Advance(minutes: 30);
            Assert.Equal($"one {minutes}", await _arrived.Next());
            await app.Bus.Publish(new Step("one", 0));
            Assert.Equal("one 0", await _arrived.Next());
        }
    }

    [Fact]
    public async Task a_clock_that_is_set_back_delivers_nothing_before_its_due_time_comes_again()
    {
        await using var app = await Start();
        await app.Bus.Publish(new Step("later", 1), x => x.Delay = Hour);
        Advance(minutes: 30);
        await app.Bus.Publish(new Step("sooner", 2), x => x.Delay = TimeSpan.FromMinutes(10));

        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromHours(2));
        await app.Bus.Publish(new Step("meanwhile", 3), x => x.Delay = TimeSpan.FromMinutes(1));
        Advance(minutes: 2);
        Assert.Equal("meanwhile 3", await _arrived.Next());
        Advance(minutes: 120);
        await app.Bus.Publish(new Step("meanwhile", 4), x => x.Delay = TimeSpan.FromMinutes(1));
        Advance(minutes: 2);
        Assert.Equal("meanwhile 4", await _arrived.Next());

        Advance(minutes: 8);
        Assert.Equal("sooner 2", await _arrived.Next());
        Advance(minutes: 20);
        Assert.Equal("later 1", await _arrived.Next());
    }

    [Fact]
    public async Task what_is_cancelled_before_it_is_due_is_not_delivered()
    {
        await using var app = await Start();
        await app.Bus.Publish(new Step("first", 0), x => x.Delay = Hour);
        Advance(minutes: 61);
        Assert.Equal("first 0", await _arrived.Next());
        using var readings = new CounterReadings(_prefix + "schedule");
        var scheduler = Scheduler(app);

        for (var i = 0; i < 20; i++)
        {
            var scheduled = await scheduler.ScheduleSend(Reader, Due(Hour), new Step("cancelled", i));
            await scheduler.ScheduleSend(Reader, Due(Hour), new Step("cancelled", 100 + i));
            await scheduler.CancelScheduledSend(scheduled);
            Advance(minutes: 61);

            Assert.Equal($"cancelled {100 + i}", await _arrived.Next());
        }

        Assert.Equal(21, _arrived.Count);
        Assert.Equal(20, readings["logtransport.schedule.cancelled"]);
        await Eventually.True(() => readings["logtransport.schedule.delivered"] >= 20, "the delivered were counted");
    }

    [Fact]
    public async Task a_cancellation_that_comes_late_changes_nothing()
    {
        await using var app = await Start();
        var scheduler = Scheduler(app);

        var scheduled = await scheduler.ScheduleSend(Reader, Due(Hour), new Step("a", 1));
        Advance(minutes: 61);
        Assert.Equal("a 1", await _arrived.Next());
        await scheduler.CancelScheduledSend(scheduled);
        await scheduler.CancelScheduledSend(Reader, NewId.NextGuid());
        await scheduler.ScheduleSend(Reader, Due(Hour), new Step("a", 2));
        Advance(minutes: 61);

        Assert.Equal("a 2", await _arrived.Next());
    }

    [Fact]
    public async Task what_is_scheduled_for_the_past_is_sent_at_once()
    {
        await using var app = await Start();

        await Scheduler(app).ScheduleSend(Reader, Due(-Hour), new Step("a", 1));

        Assert.Equal("a 1", await _arrived.Next());
    }

    [Fact]
    public async Task a_message_scheduled_again_under_its_token_replaces_the_one_that_waits()
    {
        await using var app = await Start();
        var token = NewId.NextGuid();

        foreach (var (number, hours) in ((int, int)[])[(1, 1), (2, 3)])
            await app.Bus.Publish(new Step("a", number), x => (x.ScheduledMessageId, x.Delay) = (token, Hour * hours));

        await app.Bus.Publish(new Step("a", 0), x => x.Delay = Hour * 2);
        Advance(minutes: 121);
        Assert.Equal("a 0", await _arrived.Next());
        Advance(minutes: 61);
        Assert.Equal("a 2", await _arrived.Next());
    }

    [Fact]
    public async Task a_thousand_messages_scheduled_at_once_arrive_once_each()
    {
        await using var app = await Start();

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(x => app.Bus.Publish(new Step($"{x % 10}", x), c => c.Delay = Hour)));
        await app.Bus.Publish(new Step("last", 0), x => x.Delay = Hour * 2);
        Advance(minutes: 61);
        var arrived = await _arrived.Next(1000);
        Advance(minutes: 61);

        Assert.Equal("last 0", await _arrived.Next());
        Assert.Equal(1000, arrived.Distinct().Count());
    }

    [Fact]
    public async Task what_finds_no_room_in_memory_is_read_again_when_it_is_due()
    {
        using var readings = new CounterReadings(_prefix + "schedule");
        await using var app = await Start(scheduler: x => x.MaxBufferedBytes = 2000);

        await Task.WhenAll(Enumerable.Range(0, 300).Select(x => app.Bus.Publish(new Step("a", x), c => c.Delay = Hour)));
        readings.ReadGauges();
        Assert.InRange(readings["logtransport.schedule.buffered"], 0, 2000);
        Advance(minutes: 61);

        Assert.Equal(300, (await _arrived.Next(300)).Distinct().Count());
    }

    [Fact]
    public async Task what_waits_survives_the_end_of_the_process()
    {
        await using (var app = await Start())
        {
            await app.Bus.Publish(new Step("a", 1), x => x.Delay = Hour);
            await app.Bus.Publish(new Step("a", 2), x => x.Delay = Hour * 3);
            await Scheduler(app).CancelScheduledSend(await Scheduler(app).ScheduleSend(Reader, Due(Hour), new Step("cancelled", 1)));
        }

        Advance(minutes: 61);

        await using (await Start())
        {
            Assert.Equal("a 1", await _arrived.Next());
            Advance(minutes: 121);
            Assert.Equal("a 2", await _arrived.Next());
        }

        // What was delivered does not come back.
        await using (var app = await Start())
        {
            await app.Bus.Publish(new Step("a", 3), x => x.Delay = Hour);
            Advance(minutes: 61);
            Assert.Equal("a 3", await _arrived.Next());
        }
    }

    [Fact]
    public async Task a_message_past_its_time_to_live_when_it_is_due_is_dropped()
    {
        await using var app = await Start();

        await app.Bus.Publish(new Step("a", 1), x => (x.Delay, x.TimeToLive) = (Hour, Hour / 2));
        await app.Bus.Publish(new Step("a", 2), x => (x.Delay, x.TimeToLive) = (Hour, Hour * 2));
        Advance(minutes: 61);

        Assert.Equal("a 2", await _arrived.Next());
        Assert.Equal(1, _arrived.Count);
    }

    [Fact]
    public async Task a_saga_that_goes_on_in_time_takes_its_timeout_back()
    {
        var begun = new DelayedSends();
        var ended = new Arrivals<string>();
        await using var app = await Start((_, cfg) => cfg.ReceiveEndpoint("ended", e => e.Handler<WaitEnded>(x =>
        {
            ended.Add(x.Message.Reason);
            return Task.CompletedTask;
        })), x => x.AddSagaStateMachine<WaitingMachine, Waiting>().InMemoryRepository());
        app.Bus.ConnectSendObserver(begun);
        var (first, second) = (NewId.NextGuid(), NewId.NextGuid());

        await app.Bus.Publish(new WaitBegun(first));
        await begun.Next<WaitTimedOut>();
        await app.Bus.Publish(new WaitOver(first));
        Assert.Equal("over", await ended.Next());
        await app.Bus.Publish(new WaitBegun(second));
        await begun.Next<WaitTimedOut>();
        Advance(minutes: 121);

        Assert.Equal("timeout", await ended.Next());
        Assert.Equal(2, ended.Count);
    }

    [Fact]
    public async Task a_consumer_that_fails_behind_its_outbox_takes_back_what_it_scheduled()
    {
        var attempts = 0;
        await using var app = await Start((context, cfg) => cfg.ReceiveEndpoint("retrying", e =>
        {
            e.UseMessageRetry(x => x.Immediate(1));
            e.UseInMemoryOutbox(context);
            e.Handler<ThingHappened>(async x =>
            {
                await x.ScheduleSend(Reader, Hour, new Step("try", ++attempts));

                if (attempts == 1)
                    throw new InvalidOperationException("planned");

                await x.Publish(new OtherHappened("done"));
            });
            e.Handler<OtherHappened>(x =>
            {
                _arrived.Add(x.Message.Name);
                return Task.CompletedTask;
            });
        }));

        await app.Bus.Publish(new ThingHappened("a", 1));
        Assert.Equal("done", await _arrived.Next());
        await app.Bus.Publish(new Step("last", 0), x => x.Delay = Hour * 3);
        Advance(minutes: 200);

        Assert.Equal(["last 0", "try 2"], (await _arrived.Next(2)).Order());
        Assert.Equal(3, _arrived.Count);
    }

    [Fact]
    public async Task a_bus_that_delivers_nothing_leaves_it_to_another()
    {
        using var readings = new CounterReadings(_prefix + "schedule");
        await using var writer = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            cfg.Topic("steps", t => t.Partitions(1).Carries<Step>(s => s.Key));
            cfg.Scheduler(s => s.Enabled = false);
        }), services: x => x.AddSingleton<TimeProvider>(_time));

        await writer.Bus.Publish(new Step("a", 1), x => x.Delay = Hour);
        Advance(minutes: 61);
        readings.ReadGauges();
        Assert.Equal(0, readings["logtransport.schedule.partitions"]);
        await using var reader = await Start();

        Assert.Equal("a 1", await _arrived.Next());
    }

    [Fact]
    public async Task one_of_several_buses_has_a_scheduler_of_its_own()
    {
        var (first, second) = (LogBus.NewPrefix(), LogBus.NewPrefix());
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, first), services: services =>
        {
            services.AddSingleton<TimeProvider>(_time);
            services.AddMassTransit<ISecondBus>(x =>
            {
                x.DisableUsageTelemetry();
                x.AddLogMessageScheduler();
                x.UsingTestLog(broker.BootstrapServers, second, (_, cfg) => cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(c =>
                {
                    _arrived.Add($"{c.Message.Key} {c.Message.Number}");
                    return Task.CompletedTask;
                })));
            });
        });
        using var scope = app.Services.CreateScope();
        var scheduler = scope.ServiceProvider.GetRequiredService<Bind<ISecondBus, IMessageScheduler>>().Value;

        await scheduler.CancelScheduledSend(await scheduler.ScheduleSend(Reader, Due(Hour), new Step("cancelled", 1)));
        await scheduler.SchedulePublish(Due(Hour * 2), new Step("a", 1));
        Advance(minutes: 61);
        Advance(minutes: 61);

        Assert.Equal("a 1", await _arrived.Next());
    }

    private Uri Reader { get; } = new("queue:reader");

    private static IMessageScheduler Scheduler(BusApp app) => app.Services.CreateScope().ServiceProvider.GetRequiredService<IMessageScheduler>();

    private DateTime Due(TimeSpan delay) => (_time.GetUtcNow() + delay).UtcDateTime;

    private void Advance(int minutes) => _time.Advance(TimeSpan.FromMinutes(minutes));

    private Task<BusApp> Start(Action<IBusRegistrationContext, ILogBusFactoryConfigurator>? configure = null, Action<IBusRegistrationConfigurator>? register = null,
        Action<ILogSchedulerConfigurator>? scheduler = null)
    {
        return BusApp.StartAsync(x =>
        {
            register?.Invoke(x);
            x.AddLogMessageScheduler();
            x.UsingTestLog(broker.BootstrapServers, _prefix, (context, cfg) =>
            {
                cfg.UseLogMessageScheduler();
                cfg.Scheduler(s =>
                {
                    s.Partitions = 1;
                    scheduler?.Invoke(s);
                });
                cfg.Topic("steps", t => t.Partitions(1).Carries<Step>(s => s.Key));
                cfg.Topic("reader", t => t.Partitions(1));
                cfg.StartFrom(StartPosition.Earliest);
                cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(c =>
                {
                    _arrived.Add($"{c.Message.Key} {c.Message.Number}");
                    return Task.CompletedTask;
                }));
                configure?.Invoke(context, cfg);
                cfg.ConfigureEndpoints(context);
            });
        }, services: x => x.AddSingleton<TimeProvider>(_time));
    }

    public interface ISecondBus : IBus;
}
