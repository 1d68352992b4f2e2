namespace Broker.Groups.Consumer;

/// <summary>A member: what it said of itself and what it holds. Immutable.</summary>
internal sealed record ConsumerMember(string Id, MemberMetadata Metadata, CurrentAssignment Current)
{
    public bool IsClassic => Metadata.Classic is not null;
}

/// <summary>What a member said of itself.</summary>
/// <param name="InstanceId">The name a static member keeps; null for a dynamic one.</param>
/// <param name="RackId">Where it runs; kept and shown, nothing goes by it.</param>
/// <param name="ClientId">As the client calls itself.</param>
/// <param name="ClientHost">Where it connects from.</param>
/// <param name="TopicNames">The topics it wants by name.</param>
/// <param name="TopicRegex">The topics it wants by a regular expression; empty for none, null in records of other brokers.</param>
/// <param name="RebalanceTimeoutMs">How long it may take to give up partitions.</param>
/// <param name="Assignor">The assignor it prefers; null for no preference.</param>
/// <param name="Classic">Only of a member that speaks the classic protocol.</param>
internal sealed record MemberMetadata(
    string? InstanceId, string? RackId, string ClientId, string ClientHost, ValueSet<string> TopicNames, string? TopicRegex,
    int RebalanceTimeoutMs, string? Assignor, ClassicMember? Classic)
{
    public static MemberMetadata Unknown { get; } = new(null, null, "", "", ValueSet<string>.Empty, "", -1, null, null);

    public bool HasRegex => !string.IsNullOrEmpty(TopicRegex);
}
