namespace Contracts;

/// <summary>What an order was waiting for when its time ran out.</summary>
public enum OrderWait
{
    Stock,
    Payment
}
