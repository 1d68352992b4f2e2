using Benchmarks.Brokers;
using MassTransit;

namespace Benchmarks.Transport.Sides;

/// <summary>This repository's transport over this repository's broker, which calls fsync before it answers.</summary>
internal sealed class OverOurBroker(string? native) : TransportSide("ours")
{
    private const int Partitions = 6;
    private readonly OurBroker _broker = new(native);

    public override TimeSpan BrokerCpu => _broker.Usage.Cpu;

    public override Task StartAsync() => _broker.StartAsync();

    public override void Use(IBusRegistrationConfigurator bus) => bus.UsingLog((context, log) =>
    {
        log.Host(_broker.BootstrapServers, host => host.ApplicationName("benchmark"));
        log.Topic("samples", topic => Durable(topic.Carries<Sample>()));
        log.Topic("questions", topic => Durable(topic.Carries<Question>()));
        log.Topic("parcels", topic => Durable(topic.Carries<Parcel>()));
        log.Topic("relayed", topic => Durable(topic.Carries<Relayed>()));
        log.ConfigureEndpoints(context);
    });

    public override ValueTask DisposeAsync() => _broker.DisposeAsync();

    private void Durable(ILogTopicConfigurator topic)
    {
        topic.Partitions(Partitions);
        foreach (var (name, value) in _broker.Durability(fsync: true))
            topic.Setting(name, value);
    }
}
