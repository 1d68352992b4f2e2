using System.Globalization;

namespace NotificationService;

internal static class Money
{
    /// <summary>Minor units as the currency's two decimals, for instance <c>17.80 EUR</c>.</summary>
    public static string Text(long minor, string currency) =>
        string.Create(CultureInfo.InvariantCulture, $"{minor / 100m:0.00} {currency}");
}
