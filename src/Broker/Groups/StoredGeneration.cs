namespace Broker.Groups;

/// <summary>
/// What a restart brings back of a group's membership: the last generation that was settled, with who was in it and what
/// each was assigned. Without members the group is empty. Immutable.
/// </summary>
internal sealed record StoredGeneration(
    string ProtocolType,
    int Generation,
    string? Protocol,
    string? Leader,
    long StateTimestampMs,
    IReadOnlyList<StoredMember> Members);

/// <summary>A member of a settled generation; timeouts in milliseconds.</summary>
internal sealed record StoredMember(
    string Id,
    string? InstanceId,
    string ClientId,
    string ClientHost,
    int RebalanceTimeoutMs,
    int SessionTimeoutMs,
    byte[] Subscription,
    byte[] Assignment);
