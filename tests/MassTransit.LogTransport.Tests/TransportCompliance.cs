using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

/// <summary>What every MassTransit transport does. Run over the log, and over MassTransit's own in-memory transport as the oracle.</summary>
public abstract class TransportCompliance
{
    protected abstract void UseTransport(IBusRegistrationConfigurator configurator, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure);

    [Fact]
    public async Task a_published_message_reaches_every_endpoint_that_handles_it()
    {
        var first = new Arrivals<ThingHappened>();
        var second = new Arrivals<ThingHappened>();
        await using var app = await Start(cfg =>
        {
            cfg.ReceiveEndpoint("first", e => e.Handler<ThingHappened>(x => Take(first, x)));
            cfg.ReceiveEndpoint("second", e => e.Handler<ThingHappened>(x => Take(second, x)));
        });

        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.Equal(new ThingHappened("a", 1), await first.Next());
        Assert.Equal(new ThingHappened("a", 1), await second.Next());
    }

    [Fact]
    public async Task a_sent_message_reaches_only_the_endpoint_it_is_sent_to()
    {
        var wanted = new Arrivals<ThingHappened>();
        var other = new Arrivals<ThingHappened>();
        await using var app = await Start(cfg =>
        {
            cfg.ReceiveEndpoint("wanted", e =>
            {
                e.ConfigureConsumeTopology = false;
                e.Handler<ThingHappened>(x => Take(wanted, x));
            });
            cfg.ReceiveEndpoint("other", e => e.Handler<ThingHappened>(x => Take(other, x)));
        });

        await (await app.Bus.GetSendEndpoint(new Uri("queue:wanted"))).Send(new ThingHappened("a", 1));
        await app.Bus.Publish(new ThingHappened("b", 2));

        Assert.Equal("a", (await wanted.Next()).Name);
        Assert.Equal("b", (await other.Next()).Name);
    }

    [Fact]
    public async Task a_message_published_once_reaches_the_handlers_of_its_type_and_of_its_base_type_once_each()
    {
        var derived = new Arrivals<string>();
        var based = new Arrivals<string>();
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("both", e =>
        {
            e.Handler<ThingHappened>(x => Take(derived, x, m => m.Name));
            e.Handler<ISomethingHappened>(x => Take(based, x, m => m.Name));
        }));

        await app.Bus.Publish(new ThingHappened("a", 1));
        await app.Bus.Publish(new ThingHappened("b", 2));

        Assert.Equal(["a", "b"], (await derived.Next(2)).Order());
        Assert.Equal(["a", "b"], (await based.Next(2)).Order());
        Assert.Equal(2, derived.Count);
        Assert.Equal(2, based.Count);
    }

    [Fact]
    public async Task an_endpoint_that_handles_the_base_type_only_gets_what_is_published_as_the_derived_type()
    {
        var based = new Arrivals<string>();
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("base", e => e.Handler<ISomethingHappened>(x => Take(based, x, m => m.Name))));

        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.Equal("a", await based.Next());
    }

    [Fact]
    public async Task a_request_gets_its_response()
    {
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("answers", e => e.Handler<Ask>(x => x.RespondAsync(new Answer(x.Message.Question + "!")))));

        var client = app.Bus.CreateRequestClient<Ask>(Deadline.Limit);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async x => (await client.GetResponse<Answer>(new Ask($"{x}"))).Message.Text));

        Assert.Equal(Enumerable.Range(0, 10).Select(x => $"{x}!"), answers);
    }

    [Fact]
    public async Task a_request_whose_consumer_fails_fails_with_its_fault()
    {
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("answers", e => e.Handler<Ask>(_ => throw new InvalidOperationException("no idea"))));

        var client = app.Bus.CreateRequestClient<Ask>(Deadline.Limit);
        var exception = await Assert.ThrowsAsync<RequestFaultException>(() => client.GetResponse<Answer>(new Ask("?")));

        Assert.Contains("no idea", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_failing_consumer_is_retried_then_faults_and_its_message_is_moved_to_the_error_queue()
    {
        var faults = new Arrivals<Fault<ThingHappened>>();
        var moved = new Arrivals<(string Name, string? Reason)>();
        var attempts = 0;
        await using var app = await Start(cfg =>
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
            cfg.ReceiveEndpoint("faults", e => e.Handler<Fault<ThingHappened>>(x => Take(faults, x)));
            cfg.ReceiveEndpoint("failing_error", e =>
            {
                e.ConfigureConsumeTopology = false;
                e.Handler<ThingHappened>(x => Take(moved, x, m => (m.Name, x.ReceiveContext.TransportHeaders.Get<string>(MessageHeaders.FaultMessage))));
            });
        });

        await app.Bus.Publish(new ThingHappened("a", 1));

        var fault = await faults.Next();
        Assert.Equal("a", fault.Message.Name);
        Assert.Equal("planned", fault.Exceptions.Single().Message);
        Assert.Equal(("a", "planned"), await moved.Next());
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task a_message_sent_to_an_endpoint_that_does_not_handle_it_is_moved_to_its_skipped_queue()
    {
        var skipped = new Arrivals<OtherHappened>();
        await using var app = await Start(cfg =>
        {
            cfg.ReceiveEndpoint("picky", e => e.Handler<ThingHappened>(_ => Task.CompletedTask));
            cfg.ReceiveEndpoint("picky_skipped", e =>
            {
                e.ConfigureConsumeTopology = false;
                e.Handler<OtherHappened>(x => Take(skipped, x));
            });
        });

        await (await app.Bus.GetSendEndpoint(new Uri("queue:picky"))).Send(new OtherHappened("a"));

        Assert.Equal("a", (await skipped.Next()).Name);
    }

    [Fact]
    public async Task identifiers_and_headers_travel_with_the_message()
    {
        var arrived = new Arrivals<ConsumeContext<ThingHappened>>();
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("headers", e => e.Handler<ThingHappened>(x => TakeContext(arrived, x))));
        var (messageId, correlationId, conversationId) = (NewId.NextGuid(), NewId.NextGuid(), NewId.NextGuid());

        await app.Bus.Publish(new ThingHappened("a", 1), x =>
        {
            (x.MessageId, x.CorrelationId, x.ConversationId) = (messageId, correlationId, conversationId);
            x.Headers.Set("text", "words");
            x.Headers.Set("number", 42);
        });

        var context = await arrived.Next();
        Assert.Equal((messageId, correlationId, conversationId), (context.MessageId, context.CorrelationId, context.ConversationId));
        Assert.Equal("words", context.Headers.Get<string>("text"));
        Assert.Equal(42, context.Headers.Get<int>("number"));
        Assert.NotNull(context.SourceAddress);
        Assert.NotNull(context.SentTime);
    }

    [Fact]
    public async Task what_a_consumer_sends_carries_on_the_conversation()
    {
        var arrived = new Arrivals<ConsumeContext<OtherHappened>>();
        await using var app = await Start(cfg =>
        {
            cfg.ReceiveEndpoint("relay", e => e.Handler<ThingHappened>(x => x.Publish(new OtherHappened(x.Message.Name))));
            cfg.ReceiveEndpoint("end", e => e.Handler<OtherHappened>(x => TakeContext(arrived, x)));
        });
        var (conversationId, correlationId) = (NewId.NextGuid(), NewId.NextGuid());

        await app.Bus.Publish(new ThingHappened("a", 1), x => (x.ConversationId, x.CorrelationId) = (conversationId, correlationId));

        var context = await arrived.Next();
        Assert.Equal(conversationId, context.ConversationId);
        Assert.Equal(correlationId, context.InitiatorId);
    }

    [Fact]
    public async Task an_endpoint_can_be_connected_while_the_bus_runs_and_taken_away_again()
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(_ => { });

        var handle = app.Bus.ConnectReceiveEndpoint("late", e => e.Handler<ThingHappened>(x => Take(arrived, x, m => m.Name)));
        await handle.Ready.Soon();
        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.Equal("a", await arrived.Next());
        await handle.StopAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task a_batch_consumer_gets_a_full_batch()
    {
        var batches = new Arrivals<int>();
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("batch", e =>
            e.Consumer(() => new BatchConsumer(batches), c => c.Options<BatchOptions>(o => o.SetMessageLimit(10).SetTimeLimit(Deadline.Limit)))));

        await Task.WhenAll(Enumerable.Range(0, 10).Select(x => app.Bus.Publish(new Step("one", x))));

        Assert.Equal(10, await batches.Next());
    }

    [Fact]
    public async Task message_interfaces_can_be_published_with_values_only()
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("base", e => e.Handler<ISomethingHappened>(x => Take(arrived, x, m => m.Name))));

        await app.Bus.Publish<ISomethingHappened>(new { Name = "a" });

        Assert.Equal("a", await arrived.Next());
    }

    [Fact]
    public async Task enums_and_decimals_keep_their_values()
    {
        var arrived = new Arrivals<Painted>();
        await using var app = await Start(cfg => cfg.ReceiveEndpoint("paint", e => e.Handler<Painted>(x => Take(arrived, x))));

        await app.Bus.Publish(new Painted("a", Colour.DarkGreen, 12.30m));

        Assert.Equal(new Painted("a", Colour.DarkGreen, 12.30m), await arrived.Next());
    }

    protected Task<BusApp> Start(Action<IBusFactoryConfigurator> configure)
    {
        return BusApp.StartAsync(x => UseTransport(x, (_, cfg) => configure(cfg)));
    }

    private static Task Take<T>(Arrivals<T> arrivals, ConsumeContext<T> context)
        where T : class
    {
        arrivals.Add(context.Message);
        return Task.CompletedTask;
    }

    private static Task TakeContext<T>(Arrivals<ConsumeContext<T>> arrivals, ConsumeContext<T> context)
        where T : class
    {
        arrivals.Add(context);
        return Task.CompletedTask;
    }

    private static Task Take<TMessage, T>(Arrivals<T> arrivals, ConsumeContext<TMessage> context, Func<TMessage, T> select)
        where TMessage : class
    {
        arrivals.Add(select(context.Message));
        return Task.CompletedTask;
    }

    private sealed class BatchConsumer(Arrivals<int> batches) : IConsumer<Batch<Step>>
    {
        public Task Consume(ConsumeContext<Batch<Step>> context)
        {
            batches.Add(context.Message.Length);
            return Task.CompletedTask;
        }
    }
}

public sealed class LogTransportCompliance(SharedBroker broker) : TransportCompliance
{
    protected override void UseTransport(IBusRegistrationConfigurator configurator, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure)
    {
        configurator.UsingTestLog(broker.BootstrapServers, LogBus.NewPrefix(), configure);
    }
}

public sealed class InMemoryCompliance : TransportCompliance
{
    protected override void UseTransport(IBusRegistrationConfigurator configurator, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure)
    {
        configurator.UsingInMemory(configure);
    }
}
