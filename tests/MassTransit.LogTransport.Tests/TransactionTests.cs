using Confluent.Kafka;
using MassTransit.LogTransport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MassTransit.LogTransport.Tests;

/// <summary>Endpoints whose consumers' sends are committed with the offsets of what they consumed.</summary>
public sealed class TransactionTests(SharedBroker broker)
{
    private readonly string _prefix = LogBus.NewPrefix();

    [Fact]
    public async Task what_consumers_send_is_there_once_in_the_order_of_its_key_and_with_it_the_offsets()
    {
        using var readings = new CounterReadings("exact-copying");
        await using (var app = await Start("exact-copying", e => e.Handler<Step>(Copies.Copy)))
        {
            await Copies.Publish(app.Bus, keys: 8, from: 0, count: 100);
            await Copies.AreComplete(broker.BootstrapServers, _prefix, keys: 8, count: 100);
        }

        Assert.Equal(800, (await RawLog.Committed(broker.BootstrapServers, _prefix + "exact-copying", _prefix + "steps").Soon()).Values.Sum());
        Assert.True(readings["logtransport.transactions", "committed"] > 0);
        Assert.Equal(0, readings["logtransport.transactions", "aborted"]);
    }

    [Fact]
    public async Task a_stop_commits_at_once_what_was_handled()
    {
        var handled = new Arrivals<int>();
        var app = await Start("stopping", e => e.Handler<Step>(async x =>
        {
            await Copies.Copy(x);
            handled.Add(x.Message.Number);
        }), x => x.BatchTime = TimeSpan.FromSeconds(10));
        await Copies.Publish(app.Bus, keys: 4, from: 0, count: 5);
        await handled.Next(20);

        await app.DisposeAsync().AsTask().Soon();

        await Copies.AreComplete(broker.BootstrapServers, _prefix, keys: 4, count: 5);
        Assert.Equal(20, (await RawLog.Committed(broker.BootstrapServers, _prefix + "stopping", _prefix + "steps").Soon()).Values.Sum());
    }

    [Fact]
    public async Task what_is_not_handled_holds_back_what_later_records_of_its_partition_have_sent()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handled = new Arrivals<int>();
        await using var app = await Start("waiting", e => e.Handler<Step>(async x =>
        {
            await Copies.Copy(x);
            if (x.Message.Key == "slow")
                await gate.Task;
            handled.Add(x.Message.Number);
        }), x => x.BatchTime = TimeSpan.Zero, partitions: 1);
        await app.Bus.Publish(new Step("first", 0));
        await handled.Next();
        await Eventually.True(() => Committed().GetValueOrDefault(0) == 1, "the first is committed");
        await app.Bus.Publish(new Step("slow", 0));
        await app.Bus.Publish(new Step("fast", 0));
        await handled.Next();

        Assert.Equal(1, Committed()[0]);
        Assert.Equal(["first"], (await Copies.Read(broker.BootstrapServers, _prefix)).Keys);
        gate.SetResult();
        await Eventually.True(() => Committed()[0] == 3, "all are committed");
        Assert.Equal(["fast", "first", "slow"], (await Copies.Read(broker.BootstrapServers, _prefix)).Keys.Order());

        Dictionary<int, long> Committed()
        {
            using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = _prefix + "waiting" }).Build();
            return consumer.Committed([new TopicPartition(_prefix + "steps", 0)], Deadline.Limit).Where(x => x.Offset != Offset.Unset).ToDictionary(x => x.Partition.Value, x => x.Offset.Value);
        }
    }

    [Fact]
    public async Task a_retried_consumer_leaves_one_output_with_the_in_memory_outbox()
    {
        var attempts = 0;
        await using var app = await BusApp.StartAsync(x =>
        {
            x.AddHandler<Step>(async context =>
            {
                await Copies.Copy(context);
                if (context.Message.Number == 1 && Interlocked.Increment(ref attempts) < 3)
                    throw new InvalidOperationException("planned");
            }).Endpoint(e => e.Name = "retrying");
            x.AddConfigureEndpointsCallback((context, _, e) =>
            {
                e.UseMessageRetry(r => r.Immediate(3));
                e.UseInMemoryOutbox(context);
                ((ILogReceiveEndpointConfigurator)e).UseKafkaTransactions();
            });
            x.UsingTestLog(broker.BootstrapServers, _prefix, (context, cfg) =>
            {
                Copies.Topics(cfg);
                cfg.ConfigureEndpoints(context);
            });
        });

        await Copies.Publish(app.Bus, keys: 1, from: 0, count: 3);

        await Copies.AreComplete(broker.BootstrapServers, _prefix, keys: 1, count: 3);
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task a_request_is_answered_and_its_consumer_may_ask_another_meanwhile()
    {
        await using var app = await BusApp.StartAsync(x =>
        {
            x.AddConsumer<Asker>();
            x.AddRequestClient<Ask>();
            x.UsingTestLog(broker.BootstrapServers, _prefix, (context, cfg) =>
            {
                Copies.Topics(cfg);
                cfg.ReceiveEndpoint("answering", e =>
                {
                    e.UseKafkaTransactions();
                    e.Handler<Ask>(ask => ask.RespondAsync(new Answer(ask.Message.Question + "!")));
                });
                cfg.ReceiveEndpoint("asking", e =>
                {
                    e.UseKafkaTransactions();
                    e.ConfigureConsumer<Asker>(context);
                });
            });
        });

        var response = await app.Bus.CreateRequestClient<Ask>().GetResponse<Answer>(new Ask("really"), TestContext.Current.CancellationToken);
        Assert.Equal("really!", response.Message.Text);
        await app.Bus.Publish(new Step("nested", 0));

        Assert.Equal("nested!", (await RawLog.Read(broker.BootstrapServers, _prefix + "copies", 1).Soon()).Single().Message.Key);
    }

    [Fact]
    public async Task a_delayed_send_and_its_cancellation_are_part_of_it_and_are_delivered_when_due()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            Copies.Topics(cfg);
            cfg.UseLogMessageScheduler();
            cfg.ReceiveEndpoint("delaying", e =>
            {
                e.UseKafkaTransactions();
                e.Handler<Step>(async context =>
                {
                    await context.Publish(new Copied("delayed", context.Message.Number), p => p.Delay = TimeSpan.FromHours(1));
                    var cancelled = await context.SchedulePublish(TimeSpan.FromHours(1), new Copied("cancelled", context.Message.Number));
                    await context.GetPayload<MessageSchedulerContext>().CancelScheduledPublish<Copied>(cancelled.TokenId, CancellationToken.None);
                });
            });
        }), services: x => x.AddSingleton<TimeProvider>(time));

        await app.Bus.Publish(new Step("a", 0));
        await RawLog.Read(broker.BootstrapServers, _prefix + "schedule", 3).Soon();
        time.Advance(TimeSpan.FromHours(2));

        Assert.Equal("delayed", (await RawLog.Read(broker.BootstrapServers, _prefix + "copies", 1).Soon()).Single().Message.Key);
        Assert.Equal(["delayed"], (await Copies.Read(broker.BootstrapServers, _prefix)).Keys);
    }

    [Fact]
    public async Task an_output_that_the_broker_refuses_fails_its_consumer_and_no_other()
    {
        var seen = new Arrivals<(int Number, bool Redelivered)>();
        await using var app = await BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            cfg.Topic("steps", t => t.Partitions(1).Carries<Step>(s => s.Key));
            cfg.Topic("copies", t => t.Partitions(1).Setting("max.message.bytes", "8000").Carries<Copied>(s => s.Key[..1]));
            cfg.ReceiveEndpoint("refused", e =>
            {
                e.UseKafkaTransactions();
                e.Handler<Step>(async context =>
                {
                    await context.Publish(new Copied(context.Message.Number == 3 ? new string('x', 20_000) : context.Message.Key, context.Message.Number));
                    seen.Add((context.Message.Number, context.ReceiveContext.Redelivered));
                });
            });
        }));

        for (var i = 0; i < 6; i++)
            await app.Bus.Publish(new Step("a", i));

        var moved = (await RawLog.Read(broker.BootstrapServers, _prefix + "refused_error", 1).Soon()).Single();
        Assert.Equal($"{_prefix}steps/0/3", moved.Header("dlq-origin"));
        Assert.Equal([0, 1, 2, 4, 5], (await RawLog.Read(broker.BootstrapServers, _prefix + "copies", 5).Soon()).Select(x => int.Parse(x.Message.Value!.Split(':')[^1].TrimEnd('}'), null)));
        Assert.Single(await RawLog.All(broker.BootstrapServers, _prefix + "refused_error").Soon());
        Assert.Equal(6, seen.Count);
        await Eventually.True(() => app.Bus.CheckHealth().Status == BusHealthStatus.Healthy, "the endpoint is well");
    }

    [Fact]
    public async Task an_endpoint_without_a_group_with_batches_with_jobs_or_reading_what_is_not_committed_is_refused_with_the_reason()
    {
        var temporary = await Refused((_, cfg) => cfg.ReceiveEndpoint(new TemporaryEndpointDefinition("watch"), null, (ILogReceiveEndpointConfigurator e) => e.UseKafkaTransactions()));
        Assert.Contains("needs a consumer group", temporary, StringComparison.Ordinal);

        var batches = await Refused((_, cfg) => cfg.ReceiveEndpoint("batches", e =>
        {
            e.UseKafkaTransactions();
            e.Consumer<Batches>();
        }));
        Assert.Contains("cannot be combined with batch consumers", batches, StringComparison.Ordinal);

        var uncommitted = await Refused((_, cfg) => cfg.ReceiveEndpoint("dirty", e => e.UseKafkaTransactions()), x => x.ConsumerSetting("isolation.level", "read_uncommitted"));
        Assert.Contains("needs a consumer that reads read_committed", uncommitted, StringComparison.Ordinal);

        var jobs = await Refused((context, cfg) => cfg.ConfigureEndpoints(context), register: x =>
        {
            x.AddConsumer<Lasting>();
            x.AddConfigureEndpointsCallback((_, name, e) =>
            {
                if (name == nameof(Lasting))
                    ((ILogReceiveEndpointConfigurator)e).UseKafkaTransactions();
            });
        });
        Assert.Contains("cannot be combined with job consumers", jobs, StringComparison.Ordinal);

        async Task<string> Refused(Action<IBusRegistrationContext, ILogBusFactoryConfigurator> configure, Action<ILogHostConfigurator>? host = null,
            Action<IBusRegistrationConfigurator>? register = null)
        {
            var exception = await Assert.ThrowsAsync<ConfigurationException>(() => BusApp.StartAsync(x =>
            {
                register?.Invoke(x);
                x.UsingTestLog(broker.BootstrapServers, _prefix, configure, host);
            }));
            return exception.ToString();
        }
    }

    private Task<BusApp> Start(string endpoint, Action<ILogReceiveEndpointConfigurator> configure, Action<ILogTransactionConfigurator>? transactions = null, int partitions = 2)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(broker.BootstrapServers, _prefix, (_, cfg) =>
        {
            Copies.Topics(cfg, partitions);
            cfg.ReceiveEndpoint(endpoint, e =>
            {
                e.UseKafkaTransactions(transactions);
                configure(e);
            });
        }));
    }

    private sealed class Asker(IRequestClient<Ask> client, IPublishEndpoint publish) : IConsumer<Step>
    {
        public async Task Consume(ConsumeContext<Step> context)
        {
            var answer = await client.GetResponse<Answer>(new Ask(context.Message.Key));
            await publish.Publish(new Copied(answer.Message.Text, context.Message.Number));
        }
    }

    private sealed class Lasting : IJobConsumer<Step>
    {
        public Task Run(JobContext<Step> context) => Task.CompletedTask;
    }

    private sealed class Batches : IConsumer<Batch<Step>>
    {
        public Task Consume(ConsumeContext<Batch<Step>> context) => Task.CompletedTask;
    }
}
