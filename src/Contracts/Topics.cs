namespace Contracts;

/// <summary>
/// The topics between the services. orders, payments and inventory-updates share key (order id) and partition count,
/// so one order lives on the same partition number of all three: change one count only together with the others.
/// </summary>
public static class Topics
{
    public static readonly Topic Orders = new("orders", 6, TopicCleanup.Delete, TimeSpan.FromDays(7));
    public static readonly Topic Payments = new("payments", 6, TopicCleanup.Delete, TimeSpan.FromDays(7));
    public static readonly Topic InventoryUpdates = new("inventory-updates", 6, TopicCleanup.Delete, TimeSpan.FromDays(7));

    /// <summary>Keyed by SKU: a table of the latest level of each.</summary>
    public static readonly Topic StockLevels = new("stock-levels", 3, TopicCleanup.Compact, null);

    /// <summary>Keyed by customer id: one person's messages in sequence.</summary>
    public static readonly Topic OrderNotifications = new("order-notifications", 3, TopicCleanup.Delete, TimeSpan.FromDays(7));

    public static readonly IReadOnlyList<Topic> All = [Orders, Payments, InventoryUpdates, StockLevels, OrderNotifications];
}
