namespace Broker.Configuration;

/// <summary>
/// Settings that are somebody else's: of Kafka where this broker has nothing like it, of a vendor, of a tool. A broker may start without
/// one, not without a setting of its own that was misspelled, nor without one that says who may do what.
/// </summary>
internal static class ForeignSettings
{
    /// <summary>Letters by which a slip of the pen differs from what was meant.</summary>
    private const int Slip = 2;

    private static readonly string[] Guards = ["ssl.", "sasl.", "security.", "principal.", "authorizer.", "super.", "allow.", "listener"];

    public static bool Includes(string name, string nearest) =>
        EditDistance.Between(name, nearest) > Slip
        && !Array.Exists(Guards, guard => name.StartsWith(guard, StringComparison.Ordinal))
        && !name.Contains(".class", StringComparison.Ordinal);
}
