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
