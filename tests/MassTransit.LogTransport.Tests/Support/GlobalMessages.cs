/// <summary>A type without a namespace, which can be no message.</summary>
#pragma warning disable CA1050 // That is what it is for.
public sealed record Homeless(string Name);
#pragma warning restore CA1050

namespace MassTransit.LogTransport.Tests.Support
{
    public sealed class HomelessConsumer : IConsumer<Homeless>
    {
        public Task Consume(ConsumeContext<Homeless> context) => Task.CompletedTask;
    }

    public sealed class HomelessBatchConsumer : IConsumer<Batch<Homeless>>
    {
        public Task Consume(ConsumeContext<Batch<Homeless>> context) => Task.CompletedTask;
    }

    [EntityName("gadgets made")]
    public sealed record GadgetMade(string Name);
}
