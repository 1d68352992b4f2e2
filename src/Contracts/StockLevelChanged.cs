namespace Contracts;

/// <param name="Available">On hand less reserved.</param>
/// <param name="Version">Grows by one with each change of this SKU.</param>
public sealed record StockLevelChanged(
    string Sku,
    DateTimeOffset OccurredAt,
    int OnHand,
    int Reserved,
    int Available,
    long Version);
