using Contracts;
using MassTransit;

namespace InventoryService;

internal sealed class OrderSubmittedConsumer(Reservations reservations) : IConsumer<OrderSubmitted>
{
    public Task Consume(ConsumeContext<OrderSubmitted> context) => reservations.Reserve(context.Message);
}
