namespace OrderService;

public sealed class OrderOptions
{
    public const string Section = "Orders";

    /// <summary>How long inventory has to answer before an order expires.</summary>
    public TimeSpan StockAnswer { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a customer's payment may take, from the reservation on.</summary>
    public TimeSpan PaymentWindow { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a cancellation over HTTP waits for the order's answer.</summary>
    public TimeSpan CancelAnswer { get; set; } = TimeSpan.FromSeconds(5);

    public static bool IsUsable(OrderOptions options) =>
        options.StockAnswer > TimeSpan.Zero && options.PaymentWindow > TimeSpan.Zero && options.CancelAnswer > TimeSpan.Zero;
}
