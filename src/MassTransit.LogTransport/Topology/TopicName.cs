using System.Text.RegularExpressions;

namespace MassTransit.LogTransport.Topology;

/// <summary>Which names a topic may have. An illegal name fails; it is never rewritten into another one.</summary>
internal static partial class TopicName
{
    public const int MaxLength = 249;

    public static readonly string Rule = $"letters, digits, '.', '_' and '-' are allowed, at most {MaxLength} of them";

    public static bool IsLegal(string name) => name.Length is > 0 and <= MaxLength && name is not ("." or "..") && LegalCharacters().IsMatch(name);

    /// <param name="name">The name.</param>
    /// <param name="setting">Where it was given.</param>
    public static string Checked(string name, string setting)
    {
        return IsLegal(name) ? name : throw new ConfigurationException($"{setting}: '{name}' is not a topic name: {Rule}.");
    }

    /// <summary>The topic of a type by MassTransit's own rules: its attribute, what was set for it, or the formatter.</summary>
    public static string Of<T>(IMessageTopology<T> topology)
        where T : class
    {
        var name = topology.EntityName;

        return IsLegal(name)
            ? name
            : throw new ConfigurationException($"{TypeCache<T>.ShortName}: its entity name '{name}', from [EntityName], SetEntityName or the entity name formatter, is not a topic name: {Rule}.");
    }

    /// <summary>Kafka's metrics write the one for the other, so that no two topics may differ in nothing else.</summary>
    public static bool Collide(string name, string other)
    {
        return name.Length == other.Length && name != other && name.Replace('.', '_') == other.Replace('.', '_');
    }

    [GeneratedRegex("^[A-Za-z0-9._-]+$")]
    private static partial Regex LegalCharacters();
}
