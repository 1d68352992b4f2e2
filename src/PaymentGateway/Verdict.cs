namespace PaymentGateway;

/// <summary>Pure: a request and what is known of its payment in, the reason of a refusal out.</summary>
internal static class Verdict
{
    /// <returns>Null when the request is approved.</returns>
    public static string? On(OperationRequest request, Payment payment) => request.Kind switch
    {
        OperationKind.Authorization => OnAuthorization(request, payment),
        OperationKind.Capture => OnCapture(request, payment),
        // A void of a payment nobody authorized is approved, so that an authorization that is still on its way finds the door shut.
        OperationKind.Void => payment.CapturedMinor > 0 ? "already_captured" : null,
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.Kind, "unknown operation")
    };

    private static string? OnAuthorization(OperationRequest request, Payment payment) =>
        payment.Voided ? "voided"
        : payment.AuthorizedMinor > 0 ? "already_authorized"
        : request.Token switch
        {
            Token.Declined => "card_declined",
            Token.Insufficient => "insufficient_funds",
            { } token when Token.All.Contains(token) => null,
            _ => "unknown_token"
        };

    private static string? OnCapture(OperationRequest request, Payment payment) =>
        payment.Voided ? "voided"
        : payment.AuthorizedMinor == 0 ? "not_authorized"
        : payment.CapturedMinor > 0 ? "already_captured"
        : request.Currency != payment.Currency ? "currency_differs"
        : request.AmountMinor > payment.AuthorizedMinor ? "amount_exceeds_authorization"
        : payment.Token == Token.CaptureFails ? "capture_refused"
        : null;
}
