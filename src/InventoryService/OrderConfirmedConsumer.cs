using Contracts;
using MassTransit;

namespace InventoryService;

internal sealed class OrderConfirmedConsumer(Reservations reservations) : IConsumer<OrderConfirmed>
{
    public Task Consume(ConsumeContext<OrderConfirmed> context) => reservations.Commit(context.Message.OrderId);
}
