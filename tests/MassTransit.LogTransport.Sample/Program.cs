using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.Configure<MassTransitHostOptions>(host => host.WaitUntilStarted = true);
builder.Services.AddMassTransit(bus =>
{
    bus.AddConsumer<ShipOrder>();
    bus.UsingLog((context, log) =>
    {
        log.Host("localhost:9092");
        log.Topic("orders", topic => topic
            .Carries<OrderPlaced>(message => message.OrderId)       // the key: one order's messages stay in order
            .Carries<OrderCancelled>(message => message.OrderId)
            .Partitions(6));
        log.ConfigureEndpoints(context);
    });
});

using var app = builder.Build();
await app.StartAsync();
await app.Services.GetRequiredService<IBus>().Publish(new OrderPlaced("4711", "MUG-BLUE"));
await app.WaitForShutdownAsync();

namespace Shop
{
    public record OrderPlaced(string OrderId, string Sku);

    public record OrderCancelled(string OrderId);

    public class ShipOrder : IConsumer<OrderPlaced>, IConsumer<OrderCancelled>
    {
        public Task Consume(ConsumeContext<OrderPlaced> context) =>
            Console.Out.WriteLineAsync($"{context.Message.Sku} of order {context.Message.OrderId} is on its way");

        public Task Consume(ConsumeContext<OrderCancelled> context) =>
            Console.Out.WriteLineAsync($"Order {context.Message.OrderId} stays here");
    }
}
