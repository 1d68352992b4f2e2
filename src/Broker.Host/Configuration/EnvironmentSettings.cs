using System.Collections;

namespace Broker.Host.Configuration;

/// <summary>
/// Settings from environment variables: <c>KAFKA_</c>, then Kafka's name in capitals with underscores for dots, so that
/// <c>KAFKA_LOG_DIRS</c> is <c>log.dirs</c>; two underscores stand for one and three for a hyphen, as in Kafka's Docker image. An
/// empty one counts as not set. Variables that Kafka's scripts and Kubernetes' service links use under the same prefix are passed
/// over; no other variable is looked at.
/// </summary>
internal static class EnvironmentSettings
{
    private const string Prefix = "KAFKA_";

    private static readonly string[] OfScripts =
    [
        "KAFKA_HOME", "KAFKA_DEBUG", "KAFKA_OPTS", "KAFKA_HEAP_OPTS", "KAFKA_GC_LOG_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_JMX_OPTS",
        "KAFKA_LOG4J_OPTS", "KAFKA_LOG4J_CMD_OPTS", "KAFKA_LOG4J_ROOT_LOGLEVEL", "KAFKA_LOG4J_LOGGERS", "KAFKA_TOOLS_LOG4J_LOGLEVEL",
        "KAFKA_JMX_PORT", "KAFKA_JMX_HOSTNAME", "KAFKA_VERSION", "KAFKA_PORT",
    ];

    private static readonly string[] OfServiceLinks = ["KAFKA_SERVICE_", "KAFKA_PORT_"];

    public static IReadOnlyList<Setting> Read(IDictionary variables)
    {
        var settings = new List<Setting>();
        foreach (DictionaryEntry variable in variables)
        {
            if (variable is { Key: string name, Value: string { Length: > 0 } value } && IsSetting(name))
                settings.Add(new Setting(NameOf(name), value, $"in the environment variable {name}"));
        }

        // The order of variables is nobody's choice; two names for one setting must not depend on it.
        return [.. settings.OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    private static string NameOf(string variable) => variable[Prefix.Length..].ToLowerInvariant()
        .Replace("___", "-", StringComparison.Ordinal)
        .Replace("__", "\0", StringComparison.Ordinal)
        .Replace('_', '.')
        .Replace('\0', '_');

    private static bool IsSetting(string name) =>
        name.Length > Prefix.Length
        && name.StartsWith(Prefix, StringComparison.Ordinal)
        && !OfScripts.Contains(name)
        && !OfServiceLinks.Any(link => name.StartsWith(link, StringComparison.Ordinal));
}
