using Broker.Protocol;
using Broker.Protocol.Messages;
using Confluent.Kafka;
using MassTransit.LogTransport.Tests.Support;
using ErrorCode = Broker.Protocol.ErrorCode;

namespace MassTransit.LogTransport.Tests;

/// <summary>Brokers that refuse what an endpoint needs: its place in the group, its error topic.</summary>
public sealed class DeliveryFaultTests(ControlledBroker broker) : IClassFixture<ControlledBroker>
{
    private readonly string _prefix = LogBus.NewPrefix();

    [Fact]
    public async Task a_partition_that_is_lost_while_a_record_is_handled_cancels_that_and_the_record_is_handled_again()
    {
        var begun = new Arrivals<(Guid? Id, CancellationToken Token)>();
        var wait = true;
        await using var app = await Start(e => e.Handler<Step>(async x =>
        {
            begun.Add((x.MessageId, x.CancellationToken));
            if (Volatile.Read(ref wait))
                await Task.Delay(Timeout.Infinite, x.CancellationToken);
        }));
        await app.Bus.Publish(new Step("a", 0));
        var first = await begun.Next();

        Volatile.Write(ref wait, false);
        using var rule = broker.Control.On(ApiKey.Heartbeat).Once().Answer(ErrorCode.UnknownMemberId);
        var second = await begun.Next();

        Assert.True(first.Token.IsCancellationRequested);
        Assert.Equal(first.Id, second.Id);
        await Eventually.True(() => Committed() == 1, "the record is committed");
        Assert.Equal(2, begun.Count);
    }

    [Theory]
    [InlineData(ErrorCode.MessageTooLarge, false)]
    [InlineData(ErrorCode.TopicAuthorizationFailed, false)]
    [InlineData(ErrorCode.MessageTooLarge, true)]
    [InlineData(ErrorCode.TopicAuthorizationFailed, true)]
    public async Task while_the_error_topic_does_not_take_a_record_its_offset_does_not_move(ErrorCode error, bool transactions)
    {
        var handled = new Arrivals<bool>();
        await using var app = await Start(e =>
        {
            e.PublishFaults = false;
            if (transactions)
                e.UseKafkaTransactions();
            e.Handler<Step>(x =>
            {
                handled.Add(x.ReceiveContext.Redelivered);
                throw new InvalidOperationException("planned");
            });
        });
        using (broker.Control.On(ApiKey.Produce).Where(IsErrorTopic).Answer(error))
        {
            await app.Bus.Publish(new Step("a", 0));
            Assert.False(await handled.Next());
            Assert.True(await handled.Next());
            Assert.True(await handled.Next());

            await Eventually.True(() => app.Bus.CheckHealth().Status != BusHealthStatus.Healthy, "the endpoint is not well");
            Assert.True(Committed() <= 0);
        }

        await Eventually.True(() => Committed() == 1, "the record is committed");
        Assert.Single(await RawLog.All(broker.BootstrapServers, _prefix + "failing_error").Soon());
        await Eventually.True(() => app.Bus.CheckHealth().Status == BusHealthStatus.Healthy, "the endpoint is well again");
    }

    private bool IsErrorTopic(Broker.Testing.ControlledRequest request) => request.Read<ProduceRequest>().TopicData.Any(x => x.Name == _prefix + "failing_error");

    private long Committed()
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = _prefix + "failing" }).Build();
        return consumer.Committed([new TopicPartition(_prefix + "steps", 0)], Deadline.Limit).Single().Offset.Value;
    }

    private Task<BusApp> Start(Action<ILogReceiveEndpointConfigurator> configure)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            Copies.Topics(cfg, partitions: 1);
            cfg.ReceiveEndpoint("failing", configure);
        }));
    }
}
