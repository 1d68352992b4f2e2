namespace Contracts;

public sealed record StockLine(string Sku, int Quantity);
