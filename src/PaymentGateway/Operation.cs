namespace PaymentGateway;

/// <summary>One line of the ledger: a request and the answer it got, for good.</summary>
/// <param name="Sequence">Position in the ledger, from 1.</param>
/// <param name="Reference">The authorization code, capture id or void id; null when refused.</param>
/// <param name="Code">Why it was refused; null when approved.</param>
public sealed record Operation(
    long Sequence,
    DateTimeOffset At,
    string IdempotencyKey,
    OperationRequest Request,
    OperationOutcome Outcome,
    string? Reference,
    string? Code);
