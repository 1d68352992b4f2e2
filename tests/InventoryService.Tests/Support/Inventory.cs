using Contracts;
using InventoryService;
using MassTransit;

namespace ServiceTests;

/// <summary>The inventory with chosen shelves, and orders for it.</summary>
internal static class Inventory
{
    public const string Beans = "BEAN-250";
    public const string Mug = "MUG-BLUE";
    public const string Scale = "SCALE";

    public static Task<ServiceUnderTest> Start(params (string Sku, int OnHand)[] stock) => Start(concurrency: 1, stock);

    public static Task<ServiceUnderTest> Start(int concurrency, params (string Sku, int OnHand)[] stock) => ServiceUnderTest.StartAsync(
        (args, transport) => InventoryServiceApp.Build(args, transport),
        static (service, ear) =>
        {
            ear.Handler<StockReserved>(service.Hear);
            ear.Handler<StockRejected>(service.Hear);
            ear.Handler<StockCommitted>(service.Hear);
            ear.Handler<StockReleased>(service.Hear);
            ear.Handler<StockLevelChanged>(service.Hear);
            ear.Handler<Fault<OrderConfirmed>>(service.Hear);
            ear.Handler<Fault<OrderSubmitted>>(service.Hear);
        },
        concurrency,
        [.. stock.Select(shelf => $"--InitialStock:{shelf.Sku}={shelf.OnHand}")]);

    public static OrderSubmitted Order(params (string Sku, int Quantity)[] lines) => new(
        Guid.NewGuid(), DateTimeOffset.UnixEpoch, "alice", [.. lines.Select(line => new OrderLine(line.Sku, line.Quantity, 100))],
        lines.Sum(line => line.Quantity * 100L), ProductCatalogue.Currency, "tok_ok", "test");

    public static OrderConfirmed Confirmed(this OrderSubmitted order) =>
        new(order.OrderId, DateTimeOffset.UnixEpoch, Guid.NewGuid(), order.TotalMinor, order.Currency);

    public static OrderCancelled Cancelled(this OrderSubmitted order) => new(order.OrderId, DateTimeOffset.UnixEpoch, "alice", "changed my mind");

    public static OrderExpired Expired(this OrderSubmitted order) =>
        new(order.OrderId, DateTimeOffset.UnixEpoch, OrderWait.Payment, DateTimeOffset.UnixEpoch);

    public static OrderRejected Rejected(this OrderSubmitted order) =>
        new(order.OrderId, DateTimeOffset.UnixEpoch, OrderRejectionReason.PaymentDeclined, "declined", null);

    public static (int OnHand, int Reserved) Level(this ServiceUnderTest service, string sku) =>
        service.Read<InventoryDbContext, (int, int)>(database =>
        {
            StockItem item = database.Stock.Single(shelf => shelf.Sku == sku);

            return (item.OnHand, item.Reserved);
        });
}
