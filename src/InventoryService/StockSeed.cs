using MassTransit;
using MassTransit.SqliteOutbox;
using Microsoft.EntityFrameworkCore;

namespace InventoryService;

/// <summary>
/// Fills the shelves of a new database and announces them, in one transaction. Products that joined the catalogue since
/// get their shelf at the next start; shelves that exist are left alone.
/// </summary>
internal sealed class StockSeed(IServiceScopeFactory scopes, IConfiguration configuration) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<StockItem> initial = InitialStock.From(configuration);

        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<InventoryDbContext>();
        var levels = scope.ServiceProvider.GetRequiredService<StockLevels>();

        await using SqliteWriteTransaction transaction = await database.BeginWriteTransactionAsync(cancellationToken);
        HashSet<string> existing = [.. await database.Stock.Select(item => item.Sku).ToListAsync(cancellationToken)];
        List<StockItem> missing = [.. initial.Where(item => !existing.Contains(item.Sku))];
        database.Stock.AddRange(missing);
        await database.SaveChangesAsync(cancellationToken);

        foreach (StockItem item in missing)
            await levels.Publish(item.Sku);

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
