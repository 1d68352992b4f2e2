namespace Broker.Authorization;

/// <summary>How the name of an entry's resource is read, with the numbers of the protocol. Any and Match stand in filters only.</summary>
internal enum PatternType : sbyte
{
    Unknown = 0,
    Any = 1,

    /// <summary>Every pattern that holds for the filter's name: the name itself, its prefixes and <c>*</c>.</summary>
    Match = 2,
    Literal = 3,
    Prefixed = 4,
}
