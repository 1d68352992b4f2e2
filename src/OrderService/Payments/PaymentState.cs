namespace OrderService.Payments;

public enum PaymentState
{
    /// <summary>Asked for; the gateway has not been called.</summary>
    Requested,

    /// <summary>An authorization is called for. The gateway may or may not have it.</summary>
    Authorizing,
    Authorized,

    /// <summary>A capture is called for. The gateway may or may not have it.</summary>
    Capturing,
    Captured,
    CaptureFailed,
    Declined,

    /// <summary>A void is called for. The gateway may or may not have it.</summary>
    Voiding,
    Voided,

    /// <summary>The gateway would not void, which means that money moved on a closed order: for a person to look at.</summary>
    VoidRefused,

    /// <summary>The order ended before its payment was asked for; a request that comes later is answered with a void.</summary>
    Closed
}
