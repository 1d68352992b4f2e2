using Contracts;
using MassTransit;

namespace NotificationService;

internal sealed class OrderSubmittedConsumer(Milestones milestones) : IConsumer<OrderSubmitted>
{
    public Task Consume(ConsumeContext<OrderSubmitted> context) => milestones.Submitted(context.Message);
}
