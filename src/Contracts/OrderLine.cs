namespace Contracts;

public sealed record OrderLine(string Sku, int Quantity, long UnitPriceMinor);
