using System.Globalization;

namespace Broker.Configuration;

/// <summary>What settings belong to, with the numbers of the protocol.</summary>
internal enum ConfigResourceType : sbyte
{
    Topic = 2,
    Broker = 4,
    BrokerLogger = 8,
    ClientMetrics = 16,
    Group = 32,
}

internal static class ConfigResources
{
    /// <summary>The brokers that the name of a resource stands for; null, and why, when this one is not among them.</summary>
    public static BrokerScope? ScopeOf(string name, int nodeId, out string fault)
    {
        fault = "";
        if (name.Length == 0)
            return BrokerScope.AllBrokers;
        if (!int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
            fault = $"Node id must be an integer, but it is: {name}";
        else if (id != nodeId)
            fault = string.Create(CultureInfo.InvariantCulture, $"Unexpected broker id, expected {nodeId} or empty string, but received {id}");
        else
            return BrokerScope.ThisBroker;
        return null;
    }

    /// <summary>Why there are no settings of this type.</summary>
    public static string Unsupported(sbyte type) => (ConfigResourceType)type switch
    {
        ConfigResourceType.BrokerLogger => "Log levels belong to the process that hosts this broker; they cannot be changed here.",
        ConfigResourceType.ClientMetrics => "This broker collects no metrics of clients, so there are no subscriptions to them.",
        _ => string.Create(CultureInfo.InvariantCulture, $"Unknown resource type {type}"),
    };
}
