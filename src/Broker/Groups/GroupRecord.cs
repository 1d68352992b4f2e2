namespace Broker.Groups;

/// <summary>One record of <c>__consumer_offsets</c>: the only way a group's durable state changes.</summary>
internal abstract record GroupRecord(string GroupId);

/// <summary>A committed offset, or its removal when <paramref name="Value"/> is null.</summary>
internal sealed record OffsetRecord(string GroupId, TopicPartition Partition, CommittedOffset? Value) : GroupRecord(GroupId);

/// <summary>A settled generation, or the end of the group when <paramref name="Value"/> is null.</summary>
internal sealed record GenerationRecord(string GroupId, StoredGeneration? Value) : GroupRecord(GroupId);
