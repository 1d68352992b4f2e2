namespace Contracts;

public enum OrderRejectionReason
{
    OutOfStock,
    PaymentDeclined,
    CaptureFailed
}
