namespace MassTransit.LogTransport.Serialization;

internal static class MessageTypeNames
{
    private const string UrnPrefix = "urn:message:";

    /// <summary>The type's name without its namespace: <c>OrderSubmitted</c> of <c>urn:message:Contracts:OrderSubmitted</c>.</summary>
    public static string ShortName(string urn)
    {
        var name = urn.StartsWith(UrnPrefix, StringComparison.OrdinalIgnoreCase) ? urn[UrnPrefix.Length..] : urn;
        var arguments = name.IndexOf('[', StringComparison.Ordinal);
        var end = arguments < 0 ? name.Length : arguments;
        var colon = end == 0 ? -1 : name.LastIndexOf(':', end - 1);

        return name[(colon + 1)..];
    }
}
