using Confluent.Kafka;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Scheduling;
using MassTransit.LogTransport.Tests.Support;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.LogTransport.Tests;

/// <summary>What is delivered and taken off the schedule in one transaction.</summary>
public sealed class TransactionalSchedulingTests(SharedBroker broker)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly string _prefix = LogBus.NewPrefix();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Arrivals<int> _arrived = new();

    [Fact]
    public async Task what_is_due_is_delivered_once_and_in_turn()
    {
        await using (var app = await Start())
        {
            for (var i = 0; i < 100; i++)
                await app.Bus.Publish(new Step("a", i), x => x.Delay = TimeSpan.FromMinutes(1 + i));

            _time.Advance(TimeSpan.FromMinutes(50.5));
            Assert.Equal(Enumerable.Range(0, 50), await _arrived.Next(50));
            _time.Advance(Hour);
            Assert.Equal(Enumerable.Range(50, 50), await _arrived.Next(50));
        }

        await using (var app = await Start())
        {
            await app.Bus.Publish(new Step("a", 100), x => x.Delay = Hour);
            _time.Advance(Hour * 2);

            Assert.Equal(100, await _arrived.Next());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task one_that_cannot_be_delivered_holds_up_no_other(bool transactions)
    {
        using var readings = new CounterReadings(_prefix + "schedule");
        await using var app = await Start(transactions);
        await app.Bus.Publish(new Step("a", 0), x => x.Delay = Hour);
        await RawLog.Write(broker.BootstrapServers, _prefix + "schedule", $"{Guid.NewGuid()}", "x",
            ("mt-deliver-at", $"{(_time.GetUtcNow() + Hour / 2).UtcDateTime:O}"), ("mt-deliver-to", "no such topic"));
        await app.Bus.Publish(new Step("a", 1), x => x.Delay = Hour);

        _time.Advance(Hour * 2);

        Assert.Equal([0, 1], await _arrived.Next(2));
        await Eventually.True(() => readings["logtransport.schedule.failed"] > 1, "it is tried again");
        readings.ReadGauges();
        Assert.Equal(1, readings["logtransport.schedule.pending"]);
    }

    [Fact]
    public async Task an_owner_that_was_replaced_without_noticing_delivers_nothing()
    {
        await using var app = await Start(enabled: false);
        await app.Bus.Publish(new Step("a", 0));
        await app.Bus.Publish(new Step("a", 1), x => x.Delay = Hour);
        var host = (LogHostConfiguration)app.Services.GetRequiredService<IBusInstance>().HostConfiguration;
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = _prefix + "schedule",
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        }).Build();
        consumer.Subscribe(_prefix + "schedule");
        await Eventually.True(() => consumer.Consume(100) is null && consumer.Assignment.Count > 0, "the group has an owner");
        var membership = consumer.ConsumerGroupMetadata;

        await Deliver(host, 10, () => membership);
        consumer.Close();
        await Deliver(host, 11, () => membership);
        await app.Bus.Publish(new Step("a", 12));

        Assert.Equal([0, 10, 12], await _arrived.Next(3));
    }

    private async Task Deliver(LogHostConfiguration host, int number, Func<IConsumerGroupMetadata> membership)
    {
        await using var delivery = new TransactionalDelivery(host, host.Connection.Topics, membership);
        var partition = new SchedulePartition(new TopicPartition(_prefix + "schedule", 0), new ScheduleServices(_time, new MemoryBudget(0), null!, null!, null!, null), delivery);
        var record = new Message<byte[]?, byte[]?> { Value = System.Text.Encoding.UTF8.GetBytes($$"""{"key":"a","number":{{number}}}"""), Headers = [] };
        var message = new PendingMessage(Guid.NewGuid(), _time.GetUtcNow(), 0, record);
        message.Record = ScheduleRecords.Waiting(message.Token, message.DueAt, [_prefix + "steps"], record);

        await delivery.Deliver(partition, [message], CancellationToken.None);
    }

    private Task<BusApp> Start(bool transactions = true, bool enabled = true)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            cfg.Scheduler(s => (s.Partitions, s.UseTransactions, s.Enabled) = (1, transactions, enabled));
            cfg.Topic("steps", t => t.Partitions(1).Carries<Step>(s => s.Key));
            cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(c =>
            {
                _arrived.Add(c.Message.Number);
                return Task.CompletedTask;
            }));
        }, host => host.SendTimeout(TimeSpan.FromSeconds(2))), services: x => x.AddSingleton<TimeProvider>(_time));
    }
}
