using MassTransit.LogTransport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.LogTransport.Tests;

/// <summary>Delays that are longer than the broker keeps records: what waits stays, what is over goes.</summary>
public abstract class CompactedSchedules(ITestBroker broker) : IAsyncLifetime
{
    private readonly string _prefix = LogBus.NewPrefix();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Arrivals<string> _arrived = new();

    public async ValueTask InitializeAsync() => await broker.Start();

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task a_message_outlives_the_retention_and_the_compaction_that_takes_what_was_cancelled_before_it()
    {
        await using var writer = await Start(owns: false);
        var scheduler = writer.Services.CreateScope().ServiceProvider.GetRequiredService<IMessageScheduler>();
        await CancelOne(scheduler);
        await scheduler.SchedulePublish(Due(days: 40), new Step("kept", 1));

        // The segment that is written to is never compacted, so something has to be written for the next to begin.
        while ((await Written()).Contains(0))
            await CancelOne(scheduler);

        await using var owner = await Start(owns: true);
        _time.Advance(TimeSpan.FromDays(41));
        Assert.Equal("kept 1", await _arrived.Next());
        await owner.Bus.Publish(new Step("last", 1), x => x.Delay = TimeSpan.FromDays(1));
        _time.Advance(TimeSpan.FromDays(2));

        Assert.Equal("last 1", await _arrived.Next());
        Assert.Equal(2, _arrived.Count);
    }

    private async Task CancelOne(IMessageScheduler scheduler)
    {
        await scheduler.CancelScheduledSend(await scheduler.SchedulePublish(Due(days: 40), new Step("cancelled", 1)));
    }

    private DateTime Due(int days) => _time.GetUtcNow().UtcDateTime.AddDays(days);

    private Task<HashSet<long>> Written() => RawLog.Offsets(broker.BootstrapServers, _prefix + "schedule").Soon();

    private Task<BusApp> Start(bool owns)
    {
        return BusApp.StartAsync(x =>
        {
            x.AddLogMessageScheduler();
            x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
            {
                cfg.Scheduler(s => (s.Partitions, s.Enabled) = (1, owns));
                cfg.Topic("schedule", t => t.Retention(TimeSpan.FromMilliseconds(1))
                    .Setting("segment.ms", "100").Setting("min.compaction.lag.ms", "0").Setting("min.cleanable.dirty.ratio", "0.01"));
                cfg.Topic("steps", t => t.Partitions(1).Carries<Step>(s => s.Key));

                if (!owns)
                    return;

                cfg.StartFrom(StartPosition.Earliest);
                cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(c =>
                {
                    _arrived.Add($"{c.Message.Key} {c.Message.Number}");
                    return Task.CompletedTask;
                }));
            });
        }, services: x => x.AddSingleton<TimeProvider>(_time));
    }
}

public sealed class CompactedScheduleTests : CompactedSchedules
{
    private readonly TestBroker _broker;

    public CompactedScheduleTests()
        : this(new TestBroker(x => (x.LogCleanerBackoffMs, x.LogRetentionCheckIntervalMs) = (100, 100)))
    {
    }

    private CompactedScheduleTests(TestBroker broker)
        : base(broker) => _broker = broker;

    public override ValueTask DisposeAsync() => _broker.DisposeAsync();
}

[Collection<OneKafka>]
public sealed class ApacheKafkaCompactedScheduleTests(ApacheKafka kafka) : CompactedSchedules(kafka);
