namespace Contracts;

/// <summary>What the shop sells. Orders take their prices from here, inventory its SKUs.</summary>
public static class ProductCatalogue
{
    public const string Currency = "EUR";

    public static readonly IReadOnlyList<Product> Products =
    [
        new("BEAN-250", "Coffee beans, 250 g", 890),
        new("BEAN-1000", "Coffee beans, 1 kg", 2990),
        new("DECAF-250", "Decaffeinated beans, 250 g", 990),
        new("FILTER-100", "Paper filters, 100 pieces", 450),
        new("GRINDER-HAND", "Hand grinder", 7900),
        new("GRINDER-ELECTRIC", "Electric grinder", 18900),
        new("KETTLE-1L", "Gooseneck kettle, 1 l", 6450),
        new("MUG-BLUE", "Mug, blue", 1200),
        new("MUG-RED", "Mug, red", 1200),
        new("POT-MOKA", "Moka pot, 6 cups", 3490),
        new("PRESS-1L", "French press, 1 l", 3990),
        new("SCALE", "Scale with timer", 5900)
    ];

    private static readonly Dictionary<string, Product> BySku = Products.ToDictionary(p => p.Sku, StringComparer.Ordinal);

    /// <summary>The product of that SKU (compared byte for byte), or null when the shop does not sell it.</summary>
    public static Product? Find(string sku) => BySku.GetValueOrDefault(sku);
}
