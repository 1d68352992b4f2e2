using Broker.Configuration;

namespace Broker.Connections;

/// <summary>
/// Which listeners are to be opened: those of <c>listeners</c> without those that Kafka would keep for controllers, since this broker is
/// its own. What settings say of listeners that are not there is a mistake, and refused by the setting's name.
/// </summary>
internal static class ClientListeners
{
    /// <returns>Each with the address it is advertised by, or null for its own.</returns>
    /// <exception cref="InvalidSettingException">Settings contradict each other, or an address cannot be read.</exception>
    public static IReadOnlyList<(ListenerAddress Address, ListenerAddress? Advertised)> Of(BrokerOptions options)
    {
        var all = ListenerAddress.ParseList("listeners", options.Listeners);
        var controllers = Names(options.ControllerListenerNames);
        var opened = all.Where(a => !controllers.Contains(a.Name)).ToList();
        if (opened.Count == 0)
            throw new InvalidSettingException("controller.listener.names", $"controller.listener.names ({options.ControllerListenerNames}) leaves no listener for clients.");
        if (controllers.FirstOrDefault(c => all.All(a => a.Name != c)) is { } missing)
            throw Missing("controller.listener.names", missing, options);

        IEnumerable<ListenerAddress> named = options.AdvertisedListeners is { } text ? ListenerAddress.ParseList("advertised.listeners", text) : [];
        var advertised = named.Where(a => !controllers.Contains(a.Name)).ToList();
        if (advertised.FirstOrDefault(a => opened.All(l => l.Name != a.Name)) is { } unknown)
            throw Missing("advertised.listeners", unknown.Name, options);
        if (options.WithoutEffect.TryGetValue("inter.broker.listener.name", out var between) && opened.All(l => l.Name != between.ToUpperInvariant()))
            throw Missing("inter.broker.listener.name", between, options);
        if (SecuritySettings.FindStray(options, all.Select(a => a.Name)) is { } stray)
            throw new InvalidSettingException(stray, $"{stray} is for a listener that is not in listeners ({options.Listeners}).");
        return [.. opened.Select(a => (a, advertised.FirstOrDefault(n => n.Name == a.Name)))];
    }

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static InvalidSettingException Missing(string setting, string name, BrokerOptions options) =>
        new(setting, $"{setting} names {name}, which is no listener for it in listeners ({options.Listeners}).");
}
