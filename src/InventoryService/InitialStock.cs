using Contracts;

namespace InventoryService;

/// <summary>What lies on the shelves of a new database: one entry per product of the catalogue.</summary>
internal static class InitialStock
{
    /// <summary>Configuration section whose keys are SKUs and whose values replace the quantities below.</summary>
    public const string Section = "InitialStock";

    private static readonly Dictionary<string, int> Quantities = new(StringComparer.Ordinal)
    {
        ["BEAN-250"] = 500,
        ["BEAN-1000"] = 200,
        ["DECAF-250"] = 150,
        ["FILTER-100"] = 800,
        ["GRINDER-HAND"] = 60,
        ["GRINDER-ELECTRIC"] = 5,
        ["KETTLE-1L"] = 40,
        ["MUG-BLUE"] = 300,
        ["MUG-RED"] = 300,
        ["POT-MOKA"] = 80,
        ["PRESS-1L"] = 70,
        ["SCALE"] = 30,
    };

    /// <exception cref="InvalidOperationException">The section names an unknown SKU or no usable quantity.</exception>
    public static IReadOnlyList<StockItem> From(IConfiguration configuration)
    {
        var configured = configuration.GetSection(Section).GetChildren().ToDictionary(entry => entry.Key, Quantity, StringComparer.OrdinalIgnoreCase);
        if (configured.Keys.FirstOrDefault(sku => ProductCatalogue.Find(sku) is null) is { } unknown)
            throw new InvalidOperationException($"{Section} names {unknown}, which the catalogue does not have.");

        return
        [
            .. ProductCatalogue.Products.Select(product => new StockItem
            {
                Sku = product.Sku,
                OnHand = configured.GetValueOrDefault(product.Sku, Quantities.GetValueOrDefault(product.Sku)),
                Version = 1,
            }),
        ];
    }

    private static int Quantity(IConfigurationSection entry) =>
        int.TryParse(entry.Value, out int quantity) && quantity is >= 0 and <= StockLevels.MostOnHand
            ? quantity
            : throw new InvalidOperationException($"{entry.Path} is '{entry.Value}'; a quantity from 0 to {StockLevels.MostOnHand} was expected.");
}
