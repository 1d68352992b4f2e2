namespace Contracts;

/// <summary>The end of an order that made its stock be released or its payment be voided.</summary>
public enum UndoCause
{
    OrderRejected,
    OrderCancelled,
    OrderExpired
}
