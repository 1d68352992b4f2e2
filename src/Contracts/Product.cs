namespace Contracts;

/// <param name="UnitPriceMinor">Price of one piece in minor units of the catalogue's currency.</param>
public sealed record Product(string Sku, string Name, long UnitPriceMinor);
