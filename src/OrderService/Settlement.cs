namespace OrderService;

/// <summary>Whether everything an ended order left behind is cleaned up.</summary>
public enum Settlement
{
    /// <summary>The order has not ended.</summary>
    Open,
    Settling,
    Settled
}
