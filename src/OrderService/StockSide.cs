namespace OrderService;

/// <summary>What inventory has last said about an order.</summary>
public enum StockSide
{
    Unanswered,
    Reserved,
    Rejected,
    Committed,
    Released
}
