using MassTransit.LogTransport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.LogTransport.Tests;

/// <summary>Owners of the schedule that come, go, die and freeze, and brokers that are away when something is due.</summary>
public abstract class SchedulerOutages(ITestBroker broker) : IAsyncLifetime
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly string _prefix = LogBus.NewPrefix();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Arrivals<string> _arrived = new();

    public async ValueTask InitializeAsync() => await broker.Start();

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task what_is_due_while_the_broker_is_away_is_delivered_when_it_is_back()
    {
        await using var app = await Start();
        await app.Bus.Publish(new Step("a", 1), x => x.Delay = Hour);
        await app.Bus.Publish(new Step("a", 2), x => x.Delay = Hour * 3);

        await broker.Stop();
        await Eventually.True(() => app.Bus.CheckHealth().Status != BusHealthStatus.Healthy, "the outage shows");
        _time.Advance(Hour * 2);
        await broker.Start();
        Assert.Equal("a 1", await _arrived.Next());
        _time.Advance(Hour * 2);

        Assert.Equal("a 2", await _arrived.Next());
    }

    [Fact]
    public async Task a_delay_is_not_confirmed_before_the_broker_has_the_message()
    {
        await using var app = await Start(host: x => x.SendTimeout(TimeSpan.FromMilliseconds(500)));
        await app.Bus.Publish(new Step("a", 1), x => x.Delay = Hour);
        await broker.Stop();

        await Assert.ThrowsAsync<TransportUnavailableException>(() => app.Bus.Publish(new Step("a", 2), x => x.Delay = Hour).Soon());
    }

    [Fact]
    public async Task a_stop_while_the_broker_is_gone_and_something_is_due_ends()
    {
        var app = await Start();
        await app.Bus.Publish(new Step("a", 1), x => x.Delay = Hour);
        await broker.Stop();
        _time.Advance(Hour * 2);
        await Eventually.True(() => app.Bus.CheckHealth().Status != BusHealthStatus.Healthy, "the outage shows");

        await app.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task a_scheduler_whose_topic_is_gone_is_not_well_until_there_is_one_again()
    {
        await using var app = await Start(host: x =>
        {
            x.SendTimeout(TimeSpan.FromSeconds(5));
            x.ClientSetting("topic.metadata.refresh.interval.ms", "200");
            x.ClientSetting("topic.metadata.propagation.max.ms", "200");
        });
        await app.Bus.Publish(new Step("lost", 1), x => x.Delay = Hour);
        await RawLog.Delete(broker.BootstrapServers, _prefix + "schedule");

        await Eventually.True(() => app.Bus.CheckHealth().Status != BusHealthStatus.Healthy, "the scheduler is not well");
        await Eventually.Succeeds(() => app.Bus.Publish(new Step("a", 1), x => x.Delay = Hour));
        await Eventually.True(() => app.Bus.CheckHealth().Status == BusHealthStatus.Healthy, "the scheduler is well");
        _time.Advance(Hour * 2);

        Assert.Equal("a 1", await _arrived.Next());
    }

    [Fact]
    public async Task owners_that_come_and_go_lose_nothing_and_deliver_nothing_twice()
    {
        const int Messages = 400;
        await using var writer = await Start(x => x.Enabled = false);
        for (var i = 0; i < Messages; i++)
            await writer.Bus.Publish(new Step($"{i % 8}", i), x => x.Delay = TimeSpan.FromMinutes(i));

        var first = await Start(reads: false);
        var due = await Pass(minutes: 100);
        await using var second = await Start(reads: false);
        due.AddRange(await Pass(minutes: 100));
        await first.DisposeAsync().AsTask().Soon();
        due.AddRange(await Pass(minutes: 200));

        Assert.Equal(Messages, due.Distinct().Count());
        await writer.Bus.Publish(new Step("last", 0));
        Assert.Equal("last 0", await _arrived.Next());
    }

    [Fact]
    public async Task another_owner_takes_over_from_one_that_is_killed()
    {
        await using var app = await Start(x => x.Enabled = false);
        await app.Bus.Publish(new Step("a", 1), x => x.Delay = Hour);
        await using var child = OwnerProcess.Start(broker.BootstrapServers, _prefix);
        await child.Says("1 messages wait");

        _time.Advance(Hour * 2);
        await using var other = await Start(reads: false);
        await Eventually.True(() => other.Bus.CheckHealth().Status == BusHealthStatus.Healthy, "the other is there");
        Assert.Equal(0, _arrived.Count);
        child.Kill();

        Assert.Equal("a 1", await _arrived.Next());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task what_an_owner_was_delivering_when_it_was_killed_is_delivered_by_another_and_in_transactions_once(bool transactions)
    {
        const int Messages = 4000;
        await using var app = await Start(x => x.Enabled = false);
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => app.Bus.Publish(new Step($"{i % 8}", i), x => x.Delay = TimeSpan.FromSeconds(1))));

        await using var child = OwnerProcess.Start(broker.BootstrapServers, _prefix, transactions);
        var arrived = new HashSet<string> { await _arrived.Next() };
        child.Kill();
        _time.Advance(Hour);
        await using var other = await Start(x => x.UseTransactions = transactions, reads: false);
        while (arrived.Count < Messages)
            arrived.Add(await _arrived.Next());

        await app.Bus.Publish(new Step("last", 0));
        while (arrived.Add(await _arrived.Next()) is false)
        {
            // Seen twice, which transactions do not allow.
            Assert.False(transactions);
        }

        Assert.Contains("last 0", arrived);
        Assert.True(!transactions || _arrived.Count == Messages + 1);
    }

    [Fact]
    public async Task an_owner_that_was_frozen_does_not_deliver_what_another_has_delivered_meanwhile()
    {
        await using var app = await Start(x => x.Enabled = false);
        await app.Bus.Publish(new Step("a", 2), x => x.Delay = Hour * 10);
        await using var child = OwnerProcess.Start(broker.BootstrapServers, _prefix);
        await child.Says("1 messages wait");

        var due = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(3);
        await app.Bus.Publish(new Step("a", 1), x => x.Delay = due - _time.GetUtcNow());
        child.Freeze();
        _time.Advance(Hour);
        await using var other = await Start(reads: false);
        Assert.Equal("a 1", await _arrived.Next());
        await Eventually.True(() => TimeProvider.System.GetUtcNow() > due, "the message is due by the clock of the frozen process");
        child.Wake();
        await child.Says("was lost to another process");
        await app.Bus.Publish(new Step("last", 0));

        Assert.Equal("last 0", await _arrived.Next());
    }

    private async Task<List<string>> Pass(int minutes)
    {
        _time.Advance(TimeSpan.FromMinutes(minutes));
        return await _arrived.Next(minutes);
    }

    private Task<BusApp> Start(Action<ILogSchedulerConfigurator>? scheduler = null, Action<ILogHostConfigurator>? host = null, bool reads = true)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            cfg.Scheduler(s =>
            {
                s.Partitions = 1;
                scheduler?.Invoke(s);
            });
            cfg.Topic("steps", t => t.Partitions(1).Carries<Step>(s => s.Key));

            if (!reads)
                return;

            cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(c =>
            {
                _arrived.Add($"{c.Message.Key} {c.Message.Number}");
                return Task.CompletedTask;
            }));
        }, x =>
        {
            x.ConnectTimeout(TimeSpan.FromSeconds(1));
            host?.Invoke(x);
        }), services: x => x.AddSingleton<TimeProvider>(_time));
    }
}

public sealed class SchedulerOutageTests : SchedulerOutages
{
    private readonly TestBroker _broker;

    public SchedulerOutageTests()
        : this(new TestBroker())
    {
    }

    private SchedulerOutageTests(TestBroker broker)
        : base(broker) => _broker = broker;

    public override ValueTask DisposeAsync() => _broker.DisposeAsync();
}

[Collection<OtherKafka>]
public sealed class ApacheKafkaSchedulerOutageTests(ApacheKafka kafka) : SchedulerOutages(kafka);
