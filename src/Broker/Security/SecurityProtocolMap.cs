namespace Broker.Security;

/// <summary>The setting listener.security.protocol.map: <c>EXTERNAL:SASL_SSL,INTERNAL:PLAINTEXT</c>.</summary>
internal static class SecurityProtocolMap
{
    private const string Setting = "listener.security.protocol.map";
    private const string Allowed = "NAME:PROTOCOL, several with commas between, each name once, of the protocols PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL";

    public static string? Check(string text) => TryParse(text, out _) ? null : Allowed;

    /// <exception cref="InvalidSettingException">The map cannot be read or lacks the listener.</exception>
    public static SecurityProtocol ProtocolOf(string listener, string map)
    {
        if (!TryParse(map, out var protocols))
            throw new InvalidSettingException(Setting, $"{Setting} cannot be \"{map}\"; it takes {Allowed}.");

        return protocols.TryGetValue(listener, out var protocol)
            ? protocol
            : throw new InvalidSettingException(Setting, $"{Setting} does not say what listener {listener} speaks; add \"{listener}:PLAINTEXT\" or another protocol.");
    }

    private static bool TryParse(string text, out Dictionary<string, SecurityProtocol> protocols)
    {
        protocols = [];
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.Split(':', StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, var named]
                || !SecurityProtocols.TryParse(named.ToUpperInvariant(), out var protocol)
                || !protocols.TryAdd(name.ToUpperInvariant(), protocol))
                return false;
        }

        return protocols.Count > 0;
    }
}
