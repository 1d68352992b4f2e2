namespace Compliance.Transports;

/// <summary>What most who come to the log know: MassTransit over RabbitMQ, with its defaults. A place is a virtual host.</summary>
public sealed class RabbitMqUnderTest : ITransportUnderTest
{
    private const string NoDelays = "needs a plugin of the server, rabbitmq_delayed_message_exchange, that Debian has no package of";

    private readonly Lazy<Task<RabbitMqNode>> _starting = new(RabbitMqNode.StartAsync);
    private RabbitMqNode? _node;

    public string Name => "RabbitMQ";
    public bool IsLong => true;

    public IReadOnlyDictionary<Capability, string> Lacks { get; } = new Dictionary<Capability, string>
    {
        [Capability.FanOutOfSends] = "a type is bound to its base types when it is published, and a send does not do that",
        [Capability.Scheduling] = NoDelays,
        [Capability.Cancelling] = NoDelays + ", and ignores a cancellation with it",
        [Capability.KeyOrder] = "a queue knows no key, and each type has an exchange of its own",
        [Capability.Replay] = "a message goes to the queues that are there, and is gone when it is handled",
        [Capability.ThrownIsMoved] = "the message goes back to its queue and is delivered again at once, without end, unless the broker has a policy against it",
        [Capability.TopicAddress] = "`topic:` is no address of this transport; `exchange:` is",
    };

    public async Task Prepare(string place)
    {
        Assert.SkipWhen(RabbitMqNode.Scripts is null, "rabbitmq-server is not installed");
        _node = await _starting.Value;
        await _node.CreateVirtualHostAsync(place);
    }

    public void Use(IBusRegistrationConfigurator configurator, string place, Action<IBusRegistrationContext, IBusFactoryConfigurator>? configure)
    {
        configurator.UsingRabbitMq((context, cfg) =>
        {
            cfg.Host("127.0.0.1", _node!.Port, place, _ => { });
            configure?.Invoke(context, cfg);
            cfg.ConfigureEndpoints(context);
        });
    }

    public void UseScheduler(IBusFactoryConfigurator configurator) => throw new NotSupportedException(Lacks[Capability.Scheduling]);

    public ITestTime NewTime() => throw new NotSupportedException(Lacks[Capability.Scheduling]);

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
            await _node.DisposeAsync();
    }
}
