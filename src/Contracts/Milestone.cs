namespace Contracts;

/// <summary>What a customer is told about. A confirmed order reaches exactly three, any other exactly two.</summary>
public enum Milestone
{
    OrderReceived,
    PaymentReceipt,
    OrderConfirmed,
    OrderRejected,
    OrderCancelled,
    OrderExpired
}
