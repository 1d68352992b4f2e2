using Contracts;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace InventoryService;

/// <summary>
/// Moves pieces. Each move is one conditional statement and, where it succeeds, one StockLevelChanged; a move whose
/// condition fails changes nothing and says so. Called inside a write transaction only, so that row and event agree.
/// </summary>
internal sealed class StockLevels(InventoryDbContext database, IPublishEndpoint events, TimeProvider time)
{
    /// <summary>Keeps a shelf within the range of the contract's numbers, far above any real shelf.</summary>
    public const int MostOnHand = 1_000_000_000;

    public Task<bool> Reserve(string sku, int quantity) => Move(
        database.Stock.Where(item => item.Sku == sku && item.Reserved + quantity <= item.OnHand),
        set => set.SetProperty(item => item.Reserved, item => item.Reserved + quantity));

    public Task<bool> Release(string sku, int quantity) => Move(
        database.Stock.Where(item => item.Sku == sku && item.Reserved >= quantity),
        set => set.SetProperty(item => item.Reserved, item => item.Reserved - quantity));

    public Task<bool> Commit(string sku, int quantity) => Move(
        database.Stock.Where(item => item.Sku == sku && item.Reserved >= quantity),
        set => set.SetProperty(item => item.Reserved, item => item.Reserved - quantity)
            .SetProperty(item => item.OnHand, item => item.OnHand - quantity));

    /// <summary>False when the shelf is unknown or would hold more than <see cref="MostOnHand"/>.</summary>
    public Task<bool> Receive(string sku, int quantity) => Move(
        database.Stock.Where(item => item.Sku == sku && item.OnHand <= MostOnHand - quantity),
        set => set.SetProperty(item => item.OnHand, item => item.OnHand + quantity));

    public Task<StockItem?> Find(string sku, CancellationToken cancellationToken = default) =>
        database.Stock.AsNoTracking().SingleOrDefaultAsync(item => item.Sku == sku, cancellationToken);

    /// <summary>Tells the compacted topic where a SKU stands.</summary>
    public async Task Publish(string sku)
    {
        StockItem item = await Find(sku) ?? throw new InvalidOperationException($"There is no shelf for {sku}.");

        await events.Publish(
            new StockLevelChanged(item.Sku, time.GetUtcNow(), item.OnHand, item.Reserved, item.Available, item.Version),
            publish => publish.Headers.Set(MessageHeaders.AggregateVersion, item.Version));
    }

    private static async Task<bool> Move(IQueryable<StockItem> where, Action<UpdateSettersBuilder<StockItem>> change) =>
        await where.ExecuteUpdateAsync(set =>
        {
            change(set);
            set.SetProperty(item => item.Version, item => item.Version + 1);
        }) == 1;
}
