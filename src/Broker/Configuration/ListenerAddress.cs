using System.Globalization;

namespace Broker.Configuration;

/// <summary>One entry of listeners or advertised.listeners: NAME://host:port. An empty host means every address.</summary>
internal sealed record ListenerAddress(string Name, string Host, int Port)
{
    private const string Allowed = "NAME://host:port, several with commas between, each name once";

    public static string? Check(string text) => TryParseList(text, out _) ? null : Allowed;

    public static IReadOnlyList<ListenerAddress> ParseList(string setting, string text) =>
        TryParseList(text, out var list)
            ? list
            : throw new InvalidSettingException(setting, $"{setting} cannot be \"{text}\"; it takes {Allowed}.");

    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"{Name}://[{Host}]:{Port}" : $"{Name}://{Host}:{Port}";

    private static bool TryParseList(string text, out List<ListenerAddress> list)
    {
        list = [];
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryParse(entry, out var address) || list.Exists(l => l.Name == address.Name))
                return false;
            list.Add(address);
        }

        return list.Count > 0;
    }

    private static bool TryParse(string entry, out ListenerAddress address)
    {
        address = new ListenerAddress("", "", 0);
        var scheme = entry.IndexOf("://", StringComparison.Ordinal);
        var colon = entry.LastIndexOf(':');
        if (scheme <= 0 || colon < scheme + 3)
            return false;

        if (!int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535)
            return false;

        var host = entry[(scheme + 3)..colon];
        if (host is ['[', .., ']'])
            host = host[1..^1];
        address = new ListenerAddress(entry[..scheme].ToUpperInvariant(), host, port);
        return Uri.CheckHostName(host.Length == 0 ? "any" : host) != UriHostNameType.Unknown;
    }
}
