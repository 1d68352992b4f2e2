using Contracts;
using MassTransit;

namespace InventoryService;

/// <summary>The three ends of an order that give its stock back.</summary>
internal sealed class OrderUndoneConsumer(Reservations reservations) :
    IConsumer<OrderRejected>, IConsumer<OrderCancelled>, IConsumer<OrderExpired>
{
    public Task Consume(ConsumeContext<OrderRejected> context) => reservations.Close(context.Message.OrderId, UndoCause.OrderRejected);

    public Task Consume(ConsumeContext<OrderCancelled> context) => reservations.Close(context.Message.OrderId, UndoCause.OrderCancelled);

    public Task Consume(ConsumeContext<OrderExpired> context) => reservations.Close(context.Message.OrderId, UndoCause.OrderExpired);
}
