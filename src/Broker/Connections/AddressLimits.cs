using System.Globalization;
using System.Net;

namespace Broker.Connections;

/// <summary>The text of <c>max.connections.per.ip.overrides</c>: addresses with their limits, <c>10.0.0.1:5,10.0.0.2:100</c>.</summary>
internal static class AddressLimits
{
    public static string? Check(string text) => TryParse(text, out _) ? null : "addresses with their limits, such as 10.0.0.1:5,10.0.0.2:100";

    public static Dictionary<IPAddress, int> Parse(string text) => TryParse(text, out var limits) ? limits : [];

    private static bool TryParse(string text, out Dictionary<IPAddress, int> limits)
    {
        limits = [];
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = entry.LastIndexOf(':');
            if (colon <= 0
                || !IPAddress.TryParse(entry.AsSpan(0, colon), out var address)
                || !int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
            {
                return false;
            }

            limits[address] = limit;
        }

        return true;
    }
}
