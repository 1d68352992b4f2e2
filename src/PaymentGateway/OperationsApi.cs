using Microsoft.AspNetCore.Mvc;

namespace PaymentGateway;

internal static class OperationsApi
{
    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var operations = routes.MapGroup("").WithTags("Operations").AddEndpointFilter<GateFilter>();
        operations.MapPost("/authorizations", Authorize).Produces<OperationAnswer>();
        operations.MapPost("/captures", Capture).Produces<OperationAnswer>();
        operations.MapPost("/voids", Void).Produces<OperationAnswer>();
        operations.MapGet("/operations/{idempotencyKey}", Find).Produces<OperationAnswer>();
    }

    public sealed record AuthorizationBody(Guid OrderId, Guid PaymentId, long AmountMinor, string Currency, string Token);

    public sealed record CaptureBody(Guid OrderId, Guid PaymentId, long AmountMinor, string Currency);

    public sealed record VoidBody(Guid OrderId, Guid PaymentId);

    private static Task<IResult> Authorize(
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, AuthorizationBody body, OperationCall call) =>
        call.Run(idempotencyKey, new(OperationKind.Authorization, body.OrderId, body.PaymentId, body.AmountMinor, body.Currency, body.Token));

    private static Task<IResult> Capture(
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, CaptureBody body, OperationCall call) =>
        call.Run(idempotencyKey, new(OperationKind.Capture, body.OrderId, body.PaymentId, body.AmountMinor, body.Currency, Token: null));

    private static Task<IResult> Void(
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, VoidBody body, OperationCall call) =>
        call.Run(idempotencyKey, new(OperationKind.Void, body.OrderId, body.PaymentId, AmountMinor: null, Currency: null, Token: null));

    private static IResult Find(string idempotencyKey, Ledger ledger) =>
        ledger.TryFind(idempotencyKey, out var operation)
            ? Results.Ok(OperationAnswer.To(operation))
            : Results.Problem($"nothing was done under the idempotency key '{idempotencyKey}'", statusCode: StatusCodes.Status404NotFound);
}
