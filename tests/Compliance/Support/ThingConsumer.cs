namespace Compliance.Support;

/// <summary>Tells whom it belongs to what it got.</summary>
public sealed class ThingConsumer(Arrivals<string> arrived) : IConsumer<ThingHappened>
{
    public Task Consume(ConsumeContext<ThingHappened> context)
    {
        arrived.Add(context.Message.Name);
        return Task.CompletedTask;
    }
}
