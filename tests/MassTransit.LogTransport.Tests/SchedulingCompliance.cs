using MassTransit.Contracts;
using MassTransit.Contracts.JobService;
using MassTransit.InMemoryTransport;
using MassTransit.LogTransport.Tests.Support;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.LogTransport.Tests;

/// <summary>What every MassTransit transport with a scheduler does. Run over the log, and over MassTransit's own in-memory transport as the oracle.</summary>
public abstract class SchedulingCompliance
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly DelayedSends _delayed = new();

    protected abstract Task<BusApp> StartBus(Action<IBusRegistrationConfigurator> register, Action<IBusFactoryConfigurator> configure);

    /// <summary>What arrives when so much time has passed.</summary>
    protected abstract Task<T> After<T>(BusApp app, TimeSpan time, Arrivals<T> arrivals);

    [Fact]
    public async Task a_delayed_message_arrives_when_its_time_has_come()
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("reader", e => e.Handler<ThingHappened>(x => Take(arrived, x.Message.Name))));

        await app.Bus.Publish(new ThingHappened("later", 1), x => x.Delay = Hour);
        await app.Bus.Publish(new ThingHappened("now", 1));

        Assert.Equal("now", await arrived.Next());
        Assert.Equal("later", await After(app, Hour, arrived));
    }

    [Fact]
    public async Task a_consumer_schedules_a_message_to_itself_and_one_to_all()
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(cfg =>
        {
            cfg.ReceiveEndpoint("scheduling", e =>
            {
                e.Handler<ThingHappened>(async x =>
                {
                    await x.ScheduleSend(Hour, new Step("own", 1));
                    await x.SchedulePublish(Hour * 3, new OtherHappened("all"));
                });
                e.Handler<Step>(x => Take(arrived, x.Message.Key));
            });
            cfg.ReceiveEndpoint("listening", e => e.Handler<OtherHappened>(x => Take(arrived, x.Message.Name)));
        });

        await app.Bus.Publish(new ThingHappened("a", 1));
        await _delayed.Next<Step>();
        await _delayed.Next<OtherHappened>();

        Assert.Equal("own", await After(app, Hour * 2, arrived));
        Assert.Equal("all", await After(app, Hour * 2, arrived));
    }

    [Fact]
    public async Task a_failing_message_is_delivered_again_later_as_often_as_is_wanted_and_then_moved_to_the_error_queue()
    {
        var attempts = new Arrivals<(string Name, int Count, Guid? Id)>();
        var moved = new Arrivals<string>();
        await using var app = await Start(cfg =>
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
            cfg.ReceiveEndpoint("failing_error", e =>
            {
                e.ConfigureConsumeTopology = false;
                e.Handler<ThingHappened>(x => Take(moved, x.Message.Name));
            });
        });

        await app.Bus.Publish(new ThingHappened("a", 1));
        var first = await attempts.Next();
        await _delayed.Next<ThingHappened>();
        var second = await After(app, Hour, attempts);
        await _delayed.Next<ThingHappened>();
        var third = await After(app, Hour, attempts);

        Assert.Equal(("a", 0), (first.Name, first.Count));
        Assert.Equal(("a", 1, first.Id), second);
        Assert.Equal(("a", 2, first.Id), third);
        Assert.Equal("a", await moved.Next());
    }

    [Fact]
    public async Task a_failing_message_is_redelivered_by_the_scheduler_when_that_is_wanted()
    {
        var attempts = new Arrivals<(string Name, int Count)>();
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("failing", e =>
        {
            e.UseScheduledRedelivery(x => x.Interval(1, Hour));
            e.Handler<ThingHappened>(x =>
            {
                attempts.Add((x.Message.Name, x.GetRedeliveryCount()));
                throw new InvalidOperationException("planned");
            });
        }));

        await app.Bus.Publish(new ThingHappened("a", 1));
        Assert.Equal(("a", 0), await attempts.Next());
        await _delayed.Next<ThingHappened>();

        Assert.Equal(("a", 1), await After(app, Hour * 2, attempts));
    }

    [Fact]
    public async Task a_saga_gets_the_timeout_it_scheduled()
    {
        var ended = new Arrivals<string>();
        await using var app = await Start(x => x.AddSagaStateMachine<WaitingMachine, Waiting>().InMemoryRepository(), cfg =>
            cfg.ReceiveEndpoint("ended", e => e.Handler<WaitEnded>(x => Take(ended, x.Message.Reason))));

        await app.Bus.Publish(new WaitBegun(NewId.NextGuid()));
        await _delayed.Next<WaitTimedOut>();

        Assert.Equal("timeout", await After(app, Hour * 2, ended));
    }

    [Fact]
    public async Task a_saga_whose_request_is_not_answered_goes_on_when_the_request_has_timed_out()
    {
        var ended = new Arrivals<string>();
        await using var app = await Start(x => x.AddSagaStateMachine<AskingMachine, Waiting>().InMemoryRepository(), cfg =>
        {
            cfg.ReceiveEndpoint("silent", e => e.Handler<Ask>(_ => Task.CompletedTask));
            cfg.ReceiveEndpoint("ended", e => e.Handler<WaitEnded>(x => Take(ended, x.Message.Reason)));
        });

        await app.Bus.Publish(new WaitBegun(NewId.NextGuid()));
        await _delayed.Next<RequestTimeoutExpired<Ask>>();

        Assert.Equal("unanswered", await After(app, Hour * 2, ended));
    }

    [Fact]
    public async Task a_job_that_fails_is_run_again_later_and_completes()
    {
        var runs = new Arrivals<int>();
        var completed = new Arrivals<Guid>();
        await using var app = await Start(x =>
        {
            x.SetKebabCaseEndpointNameFormatter();
            x.AddSingleton(runs);
            x.AddConsumer<OddJobConsumer>(c => c.Options<JobOptions<OddJob>>(o => o.SetRetry(r => r.Interval(1, Minute)).SetJobTimeout(Hour)));
            x.SetInMemorySagaRepositoryProvider();
            // The state machines ask another clock, and would find a job overdue that has just begun.
            x.AddJobSagaStateMachines(o => o.StatusCheckInterval = Hour);
        }, cfg => cfg.ReceiveEndpoint("completed", e => e.Handler<JobCompleted<OddJob>>(x => Take(completed, x.Message.JobId))));

        var id = await app.Bus.CreateRequestClient<SubmitJob<OddJob>>(Deadline.Limit).SubmitJob(NewId.NextGuid(), new OddJob("a"));
        Assert.Equal(0, await runs.Next());
        await _delayed.Next<JobRetryDelayElapsed>();

        Assert.Equal(1, await After(app, Minute * 2, runs));
        Assert.Equal(id, await completed.Next());
    }

    private Task<BusApp> Start(Action<IBusFactoryConfigurator> configure) => Start(_ => { }, configure);

    private async Task<BusApp> Start(Action<IBusRegistrationConfigurator> register, Action<IBusFactoryConfigurator> configure)
    {
        var app = await StartBus(register, configure);

        app.Bus.ConnectSendObserver(_delayed);
        app.Bus.ConnectPublishObserver(_delayed);
        return app;
    }

    private static Task Take<T>(Arrivals<T> arrivals, T arrival)
    {
        arrivals.Add(arrival);
        return Task.CompletedTask;
    }
}

public abstract class OverLogSchedulingCompliance : SchedulingCompliance
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    protected abstract Task<string> BootstrapServers();

    protected override async Task<BusApp> StartBus(Action<IBusRegistrationConfigurator> register, Action<IBusFactoryConfigurator> configure)
    {
        var bootstrapServers = await BootstrapServers();

        return await BusApp.StartAsync(x =>
        {
            register(x);
            x.UsingTestLog(bootstrapServers, LogBus.NewPrefix(), (context, cfg) =>
            {
                cfg.UseLogMessageScheduler();
                configure(cfg);
                cfg.ConfigureEndpoints(context);
            });
        }, services: x => x.AddSingleton<TimeProvider>(_time));
    }

    protected override Task<T> After<T>(BusApp app, TimeSpan time, Arrivals<T> arrivals)
    {
        _time.Advance(time);
        return arrivals.Next();
    }
}

public sealed class LogSchedulingCompliance(SharedBroker broker) : OverLogSchedulingCompliance
{
    protected override Task<string> BootstrapServers() => Task.FromResult(broker.BootstrapServers);
}

public sealed class ApacheKafkaSchedulingCompliance(ApacheKafka kafka) : OverLogSchedulingCompliance, IClassFixture<ApacheKafka>
{
    protected override async Task<string> BootstrapServers()
    {
        await kafka.Start();
        return kafka.BootstrapServers;
    }
}

public sealed class InMemorySchedulingCompliance : SchedulingCompliance
{
    protected override Task<BusApp> StartBus(Action<IBusRegistrationConfigurator> register, Action<IBusFactoryConfigurator> configure)
    {
        return BusApp.StartAsync(x =>
        {
            register(x);
            x.UsingInMemory((context, cfg) =>
            {
                cfg.UseDelayedMessageScheduler();
                configure(cfg);
                cfg.ConfigureEndpoints(context);
            });
        });
    }

    /// <summary>This transport begins to wait some time after the send is over, so its time is moved again when nothing comes.</summary>
    protected override async Task<T> After<T>(BusApp app, TimeSpan time, Arrivals<T> arrivals)
    {
        var clock = (IInMemoryDelayProvider)app.Services.GetRequiredService<IBusInstance>();
        var next = arrivals.Next();

        while (!next.IsCompleted)
        {
            await clock.Advance(time);
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(200)));
        }

        return await next;
    }
}
