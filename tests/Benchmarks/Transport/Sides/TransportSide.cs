using MassTransit;

namespace Benchmarks.Transport.Sides;

/// <summary>What carries the messages, in its own process where it has one.</summary>
internal abstract class TransportSide(string name) : IAsyncDisposable
{
    public string Name => name;

    /// <summary>Whether a message waits for a consumer whose bus is not running.</summary>
    public virtual bool Keeps => true;

    /// <summary>Of the broker's process, since it began.</summary>
    public virtual TimeSpan BrokerCpu => TimeSpan.Zero;

    public virtual Task StartAsync() => Task.CompletedTask;

    public abstract void Use(IBusRegistrationConfigurator bus);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
