namespace Broker;

/// <summary>A consumer group at one moment, for operators.</summary>
/// <param name="Id">The group's id.</param>
/// <param name="State">Kafka's name of its state: Empty, PreparingRebalance, CompletingRebalance or Stable; of a group of the consumer protocol
/// (KIP-848) Empty, Assigning, Reconciling or Stable.</param>
/// <param name="Generation">Rises with each rebalance; the epoch of a group of the consumer protocol.</param>
/// <param name="ProtocolType">"consumer" for consumers; empty while nobody has joined.</param>
/// <param name="Protocol">The assignment strategy in use; null without members.</param>
/// <param name="Members">In no particular order.</param>
/// <param name="Offsets">What it has committed, by topic and partition.</param>
public sealed record GroupDescription(
    string Id, string State, int Generation, string ProtocolType, string? Protocol,
    IReadOnlyList<GroupMemberDescription> Members, IReadOnlyList<GroupOffsetDescription> Offsets);

/// <summary>A member of a group.</summary>
/// <param name="Id">Given by the broker.</param>
/// <param name="InstanceId">The name a static member keeps; null for a dynamic one.</param>
/// <param name="ClientId">As the client calls itself.</param>
/// <param name="Host">Where it connects from.</param>
public sealed record GroupMemberDescription(string Id, string? InstanceId, string ClientId, string Host);

/// <summary>How far a group has read a partition.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="CommittedOffset">Offset of the record to read next.</param>
/// <param name="LogEndOffset">Offset of the partition's next record; -1 when it is offline.</param>
/// <param name="Lag">Records from the committed offset to the end; -1 when the end is not known.</param>
public sealed record GroupOffsetDescription(string Topic, int Partition, long CommittedOffset, long LogEndOffset, long Lag);
