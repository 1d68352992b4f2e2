using Contracts;
using MassTransit;

namespace OrderService;

/// <summary>
/// Places an order at start and rolls it back. Nothing is written and nothing is published, but what the first customer would
/// otherwise wait for is compiled by then: model, statements, serializer, publish pipeline.
/// </summary>
internal sealed class OrderRehearsal(IServiceScopeFactory scopes) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<OrdersDbContext>();
        await using var neverCommitted = await database.BeginWriteTransactionAsync(cancellationToken);
        var request = new PlaceOrderRequest("rehearsal", [new PlaceOrderLine(ProductCatalogue.Products[0].Sku, 1)], "rehearsal");
        await scope.ServiceProvider.GetRequiredService<PlaceOrder>().Handle($"rehearsal {Guid.NewGuid()}", request, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
