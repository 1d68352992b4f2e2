namespace PaymentGateway;

/// <summary>What the approved operations of one payment add up to.</summary>
internal sealed record Payment(string? Token, long AuthorizedMinor, string? Currency, long CapturedMinor, bool Voided)
{
    public static readonly Payment None = new(null, 0, null, 0, Voided: false);

    public Payment After(OperationRequest request) => request.Kind switch
    {
        OperationKind.Authorization => this with { Token = request.Token, AuthorizedMinor = request.AmountMinor!.Value, Currency = request.Currency },
        OperationKind.Capture => this with { CapturedMinor = request.AmountMinor!.Value },
        OperationKind.Void => this with { Voided = true },
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.Kind, "unknown operation")
    };
}
