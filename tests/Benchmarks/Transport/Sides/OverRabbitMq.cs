using Benchmarks.Brokers;
using Compliance.Transports;
using MassTransit;

namespace Benchmarks.Transport.Sides;

/// <summary>MassTransit's defaults: a classic durable queue, persistent messages, publisher confirms.</summary>
internal sealed class OverRabbitMq() : TransportSide("RabbitMQ")
{
    private RabbitMqNode? _node;
    private ProcessUsage _usage;

    public override TimeSpan BrokerCpu => _usage.Cpu;

    public override async Task StartAsync()
    {
        _node = await RabbitMqNode.StartAsync();
        _usage = new(await _node.ProcessIdAsync());
    }

    public override void Use(IBusRegistrationConfigurator bus) => bus.UsingRabbitMq((context, rabbit) =>
    {
        rabbit.Host("127.0.0.1", _node!.Port, "/", _ => { });
        rabbit.ConfigureEndpoints(context);
    });

    public override ValueTask DisposeAsync() => _node?.DisposeAsync() ?? ValueTask.CompletedTask;
}
