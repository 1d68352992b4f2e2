namespace InventoryService;

/// <summary>One SKU's shelf: always 0 ≤ Reserved ≤ OnHand. Changed only by <see cref="StockLevels"/>, by statements that check.</summary>
public sealed class StockItem
{
    public required string Sku { get; init; }

    public int OnHand { get; init; }

    /// <summary>Pieces on hand that belong to an open reservation.</summary>
    public int Reserved { get; init; }

    /// <summary>Raised by one with every change; the <c>aggregate-version</c> of this SKU's events.</summary>
    public long Version { get; init; }

    public int Available => OnHand - Reserved;
}
