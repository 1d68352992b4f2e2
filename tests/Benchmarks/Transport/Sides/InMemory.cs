using MassTransit;

namespace Benchmarks.Transport.Sides;

/// <summary>MassTransit's own transport within one process, without any durability.</summary>
internal sealed class InMemory() : TransportSide("in memory")
{
    public override bool Keeps => false;

    public override void Use(IBusRegistrationConfigurator bus) => bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
}
