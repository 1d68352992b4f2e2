namespace PaymentGateway;

internal static class LedgerApi
{
    public static void MapLedger(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/ledger", (Ledger ledger) => LedgerView.Of(ledger.Operations)).WithTags("Ledger");
}

/// <summary>Everything that was asked and answered, oldest first, and what it adds up to.</summary>
/// <param name="AuthorizedMinor">Sum of approved authorizations.</param>
/// <param name="CapturedMinor">Sum of approved captures.</param>
/// <param name="OpenAuthorizations">Payments that are authorized and neither captured nor voided.</param>
public sealed record LedgerView(
    long AuthorizedMinor,
    long CapturedMinor,
    IReadOnlyList<Guid> OpenAuthorizations,
    IReadOnlyList<LedgerEntry> Entries)
{
    internal static LedgerView Of(IReadOnlyList<Operation> operations)
    {
        var approved = operations.Where(o => o.Outcome == OperationOutcome.Approved).ToLookup(o => o.Request.Kind);
        var closed = approved[OperationKind.Capture].Concat(approved[OperationKind.Void]).Select(o => o.Request.PaymentId).ToHashSet();
        return new LedgerView(
            approved[OperationKind.Authorization].Sum(o => o.Request.AmountMinor!.Value),
            approved[OperationKind.Capture].Sum(o => o.Request.AmountMinor!.Value),
            [.. approved[OperationKind.Authorization].Select(o => o.Request.PaymentId).Where(id => !closed.Contains(id))],
            [.. operations.Select(o => new LedgerEntry(o.Sequence, o.At, OperationAnswer.To(o)))]);
    }
}

public sealed record LedgerEntry(long Sequence, DateTimeOffset At, OperationAnswer Answer);
