using Contracts;
using MassTransit;

namespace InventoryService;

/// <summary>
/// Reserves for an order that does not exist and rolls it back, so that the first real order does not wait until the
/// statements and the publish pipeline are compiled. Nothing is written and nothing is published.
/// </summary>
internal sealed class ReservationRehearsal(IServiceScopeFactory scopes, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<InventoryDbContext>();
        await using var neverCommitted = await database.BeginWriteTransactionAsync(cancellationToken);
        var product = ProductCatalogue.Products[0];
        var order = new OrderSubmitted(
            Guid.NewGuid(), time.GetUtcNow(), "rehearsal", [new OrderLine(product.Sku, 1, product.UnitPriceMinor)],
            product.UnitPriceMinor, ProductCatalogue.Currency, "rehearsal", "rehearsal");
        await scope.ServiceProvider.GetRequiredService<Reservations>().Reserve(order);
        await database.SaveChangesAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
