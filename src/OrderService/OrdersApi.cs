using Contracts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace OrderService;

internal static class OrdersApi
{
    private const int LongestKey = 200;
    private const int LongestList = 500;

    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/orders").WithTags("Orders");
        orders.MapPost("", Place).Produces<OrderAccepted>(StatusCodes.Status202Accepted).ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        orders.MapGet("/{id:guid}", Get).Produces<OrderView>().ProducesProblem(StatusCodes.Status404NotFound);
        orders.MapGet("", List).Produces<IReadOnlyList<OrderView>>().ProducesValidationProblem();
        orders.MapPost("/{id:guid}/cancel", Cancel).Produces<CancelOrderAccepted>().ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    public sealed record CancelBody(string? RequestedBy, string? Reason);

    private static async Task<IResult> Place(
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        PlaceOrderRequest request,
        PlaceOrder place,
        HttpResponse response,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(idempotencyKey) || idempotencyKey.Length > LongestKey)
        {
            return Results.Problem(
                $"the header Idempotency-Key is required, with 1 to {LongestKey} characters", statusCode: StatusCodes.Status400BadRequest);
        }

        if (request.Problems() is { Count: > 0 } problems)
        {
            return Results.ValidationProblem(problems, detail: string.Join("; ", problems.Select(p => $"{p.Key} {p.Value[0]}")));
        }

        if (request.UnknownSkus() is { Count: > 0 } unknown)
        {
            return Results.Problem(
                $"the shop does not sell {string.Join(", ", unknown)}", statusCode: StatusCodes.Status422UnprocessableEntity);
        }

        if (await place.Handle(idempotencyKey, request, cancellationToken) is not { } record)
        {
            return Results.Problem(
                $"the idempotency key '{idempotencyKey}' was used for another request", statusCode: StatusCodes.Status422UnprocessableEntity);
        }

        response.Headers.Location = $"/orders/{record.OrderId}";
        return Results.Text(record.Answer, "application/json", statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> Get(Guid id, OrdersDbContext database, CancellationToken cancellationToken) =>
        await database.Orders.AsNoTracking().SingleOrDefaultAsync(o => o.CorrelationId == id, cancellationToken) is { } order
            ? Results.Ok(OrderView.Of(order))
            : Unknown(id);

    private static async Task<IResult> List(
        OrdersDbContext database, CancellationToken cancellationToken, string? customerId = null, OrderStatus? status = null, int limit = 50)
    {
        if (limit is < 1 or > LongestList)
        {
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["limit"] = [$"must be between 1 and {LongestList}"] });
        }

        var query = database.Orders.AsNoTracking();
        if (customerId is not null)
        {
            query = query.Where(o => o.CustomerId == customerId);
        }

        if (status?.ToString() is { } name)
        {
            query = query.Where(o => o.Status == name);
        }

        var newest = await query.OrderByDescending(o => o.CreatedAt).ThenBy(o => o.CorrelationId).Take(limit).ToListAsync(cancellationToken);
        return Results.Ok(newest.Select(OrderView.Of));
    }

    private static async Task<IResult> Cancel(
        Guid id, CancelBody? body, OrdersDbContext database, CancelOrderOverBus cancel, CancellationToken cancellationToken)
    {
        if (!await database.Orders.AnyAsync(o => o.CorrelationId == id, cancellationToken))
        {
            return Unknown(id);
        }

        var request = new CancelOrder(id, body?.RequestedBy ?? "customer", body?.Reason ?? "not wanted any more");
        return await cancel.Ask(request, cancellationToken) switch
        {
            CancelOrderAccepted accepted => Results.Ok(accepted),
            CancelOrderRefused refused => Results.Problem(
                $"the order is {refused.Status}, which cannot be cancelled", statusCode: StatusCodes.Status409Conflict),
            _ => Results.Problem(
                "the order did not answer in time; the cancellation may still be carried out, and asking again is safe",
                statusCode: StatusCodes.Status503ServiceUnavailable)
        };
    }

    private static IResult Unknown(Guid id) => Results.Problem($"there is no order {id}", statusCode: StatusCodes.Status404NotFound);
}
