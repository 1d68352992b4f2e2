namespace InventoryService;

/// <summary>What became of one order here. There is at most one per order, so an order is decided on once.</summary>
public sealed class Reservation
{
    public required Guid OrderId { get; init; }

    public required Guid ReservationId { get; init; }

    public required ReservationStatus Status { get; set; }

    /// <summary>Events published about this order; the <c>aggregate-version</c> of the last.</summary>
    public long Events { get; set; }

    public List<ReservedLine> Lines { get; init; } = [];
}

/// <summary>One line per SKU, however the customer split it.</summary>
public sealed record ReservedLine(string Sku, int Quantity);
