using System.Xml.Linq;

namespace Architecture;

/// <summary>Which project may know which: the arrows of the architecture picture, as data.</summary>
internal static class References
{
    private static readonly string[] EveryService = ["Contracts", "MassTransit.LogTransport", "MassTransit.SqliteOutbox", "ServiceDefaults"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Broker.Records"] = [],
        ["Broker.Protocol"] = ["Broker.Records"],
        ["Broker.Storage"] = ["Broker.Records"],
        ["Broker"] = ["Broker.Protocol", "Broker.Storage", "Broker.Records"],
        ["Broker.Host"] = ["Broker", "ServiceDefaults"],
        ["MassTransit.LogTransport"] = [],
        ["MassTransit.SqliteOutbox"] = [],
        ["Contracts"] = [],
        ["OrderService"] = EveryService,
        ["InventoryService"] = EveryService,
        ["NotificationService"] = EveryService,
        ["PaymentGateway"] = ["ServiceDefaults"],
        ["LocalHosting"] = [],
        ["ServiceDefaults"] = [],
    };

    /// <summary>What a product project references although the picture has no such arrow.</summary>
    public static IEnumerable<string> Violations(string project, string projectXml)
    {
        if (!Allowed.TryGetValue(project, out var allowed))
        {
            return [$"{project} is not in the picture: add it there with the projects it may know"];
        }

        return XDocument.Parse(projectXml).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Where(target => !allowed.Contains(target))
            .Select(target => $"{project} must not know {target}");
    }
}
