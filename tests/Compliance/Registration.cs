using Compliance.Support;
using Compliance.Transports;
using Microsoft.Extensions.DependencyInjection;

namespace Compliance;

/// <summary>Consumers from the container, their definitions and filters.</summary>
public sealed class Registration : Behaviours
{
    [Theory, EveryTransport]
    public async Task a_definition_names_and_configures_the_endpoint_of_its_consumer(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, x =>
        {
            x.AddSingleton(arrived);
            x.AddConsumer<StumblingConsumer, StumblingDefinition>();
        });

        await Send(app, "queue:defined", new ThingHappened("a", 1));

        Assert.Equal("a", await arrived.Next());
    }

    [Theory, EveryTransport]
    public async Task a_callback_configures_every_endpoint_that_is_made_for_a_consumer(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, x =>
        {
            x.AddSingleton(arrived);
            x.AddConfigureEndpointsCallback((_, e) => e.UseMessageRetry(r => r.Immediate(1)));
            x.AddConsumer<StumblingConsumer>();
        });

        await app.Bus.Publish(new ThingHappened("a", 1));

        Assert.Equal("a", await arrived.Next());
    }

    [Theory, EveryTransport]
    public async Task a_consumer_publishes_through_its_scope(Transport transport)
    {
        var arrived = new Arrivals<ConsumeContext<OtherHappened>>();
        await using var app = await Start(transport, x => x.AddConsumer<ScopedConsumer>(),
            (_, cfg) => cfg.ReceiveEndpoint("reader", e => e.Handler<OtherHappened>(x => Take(arrived, x))));
        var conversationId = NewId.NextGuid();

        await app.Bus.Publish(new ThingHappened("a", 1), x => x.ConversationId = conversationId);

        Assert.Equal(conversationId, (await arrived.Next()).ConversationId);
    }

    [Theory, EveryTransport]
    public async Task filters_see_what_is_published_sent_and_consumed(Transport transport)
    {
        var arrived = new Arrivals<string>();
        await using var app = await Start(transport, x =>
        {
            x.AddSingleton(arrived);
            x.AddConsumer<SilentConsumer>().Endpoint(e => e.Name = "reader");
        }, (context, cfg) =>
        {
            cfg.UsePublishFilter(typeof(MarkPublished<>), context);
            cfg.UseSendFilter(typeof(MarkSent<>), context);
            cfg.UseConsumeFilter(typeof(TellMarks<>), context);
        });

        await app.Bus.Publish(new ThingHappened("a", 1));
        Assert.Equal("ThingHappened was published", await arrived.Next());
        await Send(app, "queue:reader", new ThingHappened("b", 2));

        Assert.Equal("ThingHappened was sent", await arrived.Next());
    }

    private sealed class StumblingConsumer(Arrivals<string> arrived) : IConsumer<ThingHappened>
    {
        public Task Consume(ConsumeContext<ThingHappened> context)
        {
            return context.GetRetryAttempt() == 0 ? throw new InvalidOperationException("planned") : Take(arrived, context.Message.Name);
        }
    }

    private sealed class StumblingDefinition : ConsumerDefinition<StumblingConsumer>
    {
        public StumblingDefinition() => EndpointName = "defined";

        protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<StumblingConsumer> consumerConfigurator,
            IRegistrationContext context) => endpointConfigurator.UseMessageRetry(x => x.Immediate(1));
    }

    private sealed class SilentConsumer : IConsumer<ThingHappened>
    {
        public Task Consume(ConsumeContext<ThingHappened> context) => Task.CompletedTask;
    }

    private sealed class ScopedConsumer(IPublishEndpoint publish) : IConsumer<ThingHappened>
    {
        public Task Consume(ConsumeContext<ThingHappened> context) => publish.Publish(new OtherHappened(context.Message.Name), context.CancellationToken);
    }

    private sealed class MarkPublished<T> : IFilter<PublishContext<T>>
        where T : class
    {
        public Task Send(PublishContext<T> context, IPipe<PublishContext<T>> next)
        {
            context.Headers.Set("mark", "was published");
            return next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("mark");
    }

    private sealed class MarkSent<T> : IFilter<SendContext<T>>
        where T : class
    {
        public Task Send(SendContext<T> context, IPipe<SendContext<T>> next)
        {
            context.Headers.Set("mark", "was sent");
            return next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("mark");
    }

    private sealed class TellMarks<T>(Arrivals<string> arrived) : IFilter<ConsumeContext<T>>
        where T : class
    {
        public Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
        {
            arrived.Add($"{typeof(T).Name} {context.Headers.Get<string>("mark")}");
            return next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("tell");
    }
}
