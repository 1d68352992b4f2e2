namespace Contracts;

/// <summary>Where an order is. The last four are terminal: decided once, never left.</summary>
public enum OrderStatus
{
    Submitted,
    AwaitingPayment,
    Capturing,
    Confirmed,
    Rejected,
    Cancelled,
    Expired
}
