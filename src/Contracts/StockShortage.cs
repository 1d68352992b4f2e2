namespace Contracts;

public sealed record StockShortage(string Sku, int Wanted, int Available);
