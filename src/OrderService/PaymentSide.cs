namespace OrderService;

/// <summary>What is last known about an order's payment.</summary>
public enum PaymentSide
{
    NotRequested,
    Requested,
    Authorized,
    Captured,
    CaptureFailed,
    Declined,
    Voided
}
