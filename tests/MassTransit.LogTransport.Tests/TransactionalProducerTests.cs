using Confluent.Kafka;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Receiving;
using MassTransit.LogTransport.Tests.Support;
using MassTransit.LogTransport.Transactions;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.LogTransport.Tests;

/// <summary>Whose transactions a group lets pass.</summary>
public sealed class TransactionalProducerTests(SharedBroker broker)
{
    private readonly string _prefix = LogBus.NewPrefix();

    [Fact]
    public async Task a_member_that_was_replaced_without_noticing_commits_nothing()
    {
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) => Copies.Topics(cfg, partitions: 1)));
        await app.Bus.Publish(new Step("a", 0));
        await app.Bus.Publish(new Copied("first", 0));
        using var replaced = Join();
        var membership = replaced.ConsumerGroupMetadata;
        var producer = new TransactionalProducer((LogHostConfiguration)app.Services.GetRequiredService<IBusInstance>().HostConfiguration, _prefix + "copying", TimeSpan.FromSeconds(10),
            () => membership, () => false);

        try
        {
            producer.Open();
            Assert.Equal(TransactionOutcome.Committed, producer.Write(Batch(offset: 0, "member")).Outcome);

            replaced.Close();
            using var successor = Join();
            var refused = producer.Write(Batch(offset: 1, "replaced"));

            Assert.Equal((TransactionOutcome.Aborted, false), (refused.Outcome, TransactionalProducer.IsTrouble(refused.Reason)));
        }
        finally
        {
            producer.Forget();
        }

        Assert.Equal(["first", "member"], (await RawLog.All(broker.BootstrapServers, _prefix + "copies").Soon()).Select(x => x.Message.Key!));
        Assert.Equal(1, (await RawLog.Committed(broker.BootstrapServers, _prefix + "copying", _prefix + "steps").Soon())[0]);
    }

    private IConsumer<Ignore, Ignore> Join()
    {
        var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = _prefix + "copying", EnableAutoCommit = false }).Build();
        consumer.Subscribe(_prefix + "steps");
        var began = TimeProvider.System.GetTimestamp();

        while (consumer.Assignment.Count == 0)
        {
            consumer.Consume(TimeSpan.FromMilliseconds(100));

            if (TimeProvider.System.GetElapsedTime(began) > Deadline.Limit)
                throw new TimeoutException("The group has no member");
        }

        return consumer;
    }

    /// <summary>One record that was handled, and what it has sent.</summary>
    private TransactionBatch Batch(long offset, string key)
    {
        var partition = new UncommittedPartition(new PartitionFeed(new TopicPartition(_prefix + "steps", 0), 1, 1, null!));
        var record = partition.Deliver(offset);
        record.Begin().TryAdd(_prefix + "copies", new Message<byte[]?, byte[]?> { Key = System.Text.Encoding.UTF8.GetBytes(key) });
        partition.Handled(record);

        return new TransactionBatch([(partition, partition.Take(1))]);
    }
}
