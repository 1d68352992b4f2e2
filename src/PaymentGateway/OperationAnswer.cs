namespace PaymentGateway;

/// <summary>What goes over the wire, from an operation as from a query for it.</summary>
public sealed record OperationAnswer(
    string IdempotencyKey,
    OperationKind Operation,
    OperationOutcome Outcome,
    Guid OrderId,
    Guid PaymentId,
    long? AmountMinor,
    string? Currency,
    string? Reference,
    string? Code)
{
    public static OperationAnswer To(Operation operation) => new(
        operation.IdempotencyKey,
        operation.Request.Kind,
        operation.Outcome,
        operation.Request.OrderId,
        operation.Request.PaymentId,
        operation.Request.AmountMinor,
        operation.Request.Currency,
        operation.Reference,
        operation.Code);
}
