namespace InventoryService;

public enum ReservationStatus
{
    /// <summary>Set aside; waits for the order's end.</summary>
    Reserved,

    /// <summary>Something was short; nothing was set aside.</summary>
    Rejected,

    /// <summary>The order was confirmed; the pieces left the house.</summary>
    Committed,

    /// <summary>The order ended otherwise; the pieces are free again.</summary>
    Released,

    /// <summary>The order ended before it was seen here; a late submission must not reserve.</summary>
    Closed,
}
