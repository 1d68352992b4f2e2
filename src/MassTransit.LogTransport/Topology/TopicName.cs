using System.Text.RegularExpressions;

namespace MassTransit.LogTransport.Topology;

/// <summary>Which names a topic may have. An illegal name fails; it is never rewritten into another one.</summary>
internal static partial class TopicName
{
    public const int MaxLength = 249;

    public static bool IsLegal(string name) => name.Length is > 0 and <= MaxLength && name is not ("." or "..") && LegalCharacters().IsMatch(name);

    public static string Checked(string name)
    {
        return IsLegal(name)
            ? name
            : throw new ConfigurationException($"'{name}' is not a topic name: letters, digits, '.', '_' and '-' are allowed, at most {MaxLength} of them.");
    }

    [GeneratedRegex("^[A-Za-z0-9._-]+$")]
    private static partial Regex LegalCharacters();
}
