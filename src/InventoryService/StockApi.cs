using Contracts;
using MassTransit;
using MassTransit.SqliteOutbox;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InventoryService;

internal static class StockApi
{
    /// <summary>More than any lorry brings; keeps a slip of the keyboard from filling the shelf for ever.</summary>
    private const int MostPerDelivery = 1_000_000;

    public static void MapStock(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder stock = app.MapGroup("/stock").WithTags("Stock");
        stock.MapGet("/", List).WithSummary("Every SKU's level.");
        stock.MapGet("/{sku}", Get).WithSummary("One SKU's level.").ProducesProblem(StatusCodes.Status404NotFound);
        stock.MapPost("/{sku}/receive", Receive).WithSummary("Puts a delivery on the shelf.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<List<StockView>> List(InventoryDbContext database, CancellationToken cancellationToken)
    {
        List<StockItem> items = await database.Stock.AsNoTracking().OrderBy(item => item.Sku).ToListAsync(cancellationToken);

        return [.. items.Select(StockView.Of)];
    }

    private static async Task<Results<Ok<StockView>, ProblemHttpResult>> Get(string sku, StockLevels levels, CancellationToken cancellationToken) =>
        await levels.Find(sku, cancellationToken) is { } item ? TypedResults.Ok(StockView.Of(item)) : Unknown(sku);

    private static async Task<Results<Ok<StockView>, ProblemHttpResult>> Receive(
        string sku, ReceiveRequest request, InventoryDbContext database, StockLevels levels, CancellationToken cancellationToken)
    {
        if (request.Quantity is <= 0 or > MostPerDelivery)
            return Refused($"The quantity is {request.Quantity}; it must be from 1 to {MostPerDelivery}.");

        await using SqliteWriteTransaction transaction = await database.BeginWriteTransactionAsync(cancellationToken);
        if (!await levels.Receive(sku, request.Quantity))
        {
            return await levels.Find(sku, cancellationToken) is null
                ? Unknown(sku)
                : Refused($"The shelf of {sku} would hold more than {StockLevels.MostOnHand}.");
        }

        await levels.Publish(sku);
        await database.SaveChangesAsync(cancellationToken);
        StockItem item = (await levels.Find(sku, cancellationToken))!;
        await transaction.CommitAsync();

        return TypedResults.Ok(StockView.Of(item));
    }

    private static ProblemHttpResult Unknown(string sku) => TypedResults.Problem(
        $"There is no product with the SKU '{sku}'.", statusCode: StatusCodes.Status404NotFound, title: "Unknown SKU");

    private static ProblemHttpResult Refused(string reason) => TypedResults.Problem(
        reason, statusCode: StatusCodes.Status422UnprocessableEntity, title: "Delivery refused");
}

internal sealed record ReceiveRequest(int Quantity);

internal sealed record StockView(string Sku, string Name, int OnHand, int Reserved, int Available, long Version)
{
    public static StockView Of(StockItem item) =>
        new(item.Sku, ProductCatalogue.Find(item.Sku)?.Name ?? item.Sku, item.OnHand, item.Reserved, item.Available, item.Version);
}
