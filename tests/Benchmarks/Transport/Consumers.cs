using MassTransit;

namespace Benchmarks.Transport;

/// <summary>Does nothing but say that the message came.</summary>
internal sealed class SampleConsumer(Ledger ledger) : IConsumer<Sample>
{
    public Task Consume(ConsumeContext<Sample> context) => ledger.TakeAsync(context.Message);
}

/// <summary>Answers at once.</summary>
internal sealed class QuestionConsumer : IConsumer<Question>
{
    public Task Consume(ConsumeContext<Question> context) => context.RespondAsync(new Answer(context.Message.Number, context.Message.Payload));
}

/// <summary>Publishes a message for each.</summary>
internal sealed class RelayConsumer(Ledger ledger) : IConsumer<Parcel>
{
    public Task Consume(ConsumeContext<Parcel> context)
    {
        ledger.Begin();
        return context.Publish(new Relayed(context.Message.Sample));
    }
}

/// <summary>Says that what was published for a message came.</summary>
internal sealed class RelayedConsumer(Ledger ledger) : IConsumer<Relayed>
{
    public Task Consume(ConsumeContext<Relayed> context) => ledger.TakeAsync(context.Message.Sample);
}
