namespace Broker.Groups.Consumer;

/// <summary>A record of a group of the consumer protocol (KIP-848).</summary>
internal abstract record ConsumerRecord(string GroupId) : GroupRecord(GroupId);

/// <summary>The group's epoch and a hash of the topics it reads; its absence ends the group.</summary>
internal sealed record GroupEpochRecord(string GroupId, GroupEpoch? Value) : ConsumerRecord(GroupId);

/// <param name="Epoch">Rises whenever the target has to be computed anew.</param>
/// <param name="MetadataHash">Of the topics the members want, with their ids and partitions.</param>
internal sealed record GroupEpoch(int Epoch, long MetadataHash);

/// <summary>A member, or its end.</summary>
internal sealed record MemberMetadataRecord(string GroupId, string MemberId, MemberMetadata? Value) : ConsumerRecord(GroupId);

/// <summary>The epoch that the target assignment was computed for.</summary>
internal sealed record TargetEpochRecord(string GroupId, int? Epoch) : ConsumerRecord(GroupId);

/// <summary>What a member shall hold.</summary>
internal sealed record TargetAssignmentRecord(string GroupId, string MemberId, ValueSet<TopicIdPartition>? Value) : ConsumerRecord(GroupId);

/// <summary>What a member holds.</summary>
internal sealed record CurrentAssignmentRecord(string GroupId, string MemberId, CurrentAssignment? Value) : ConsumerRecord(GroupId);

/// <summary>The topics that a regular expression matches.</summary>
internal sealed record RegexRecord(string GroupId, string Regex, ResolvedRegex? Value) : ConsumerRecord(GroupId);

/// <param name="Topics">Names of the topics that match.</param>
/// <param name="Version">Of the metadata it was resolved against; rises.</param>
/// <param name="TimestampMs">When, in Unix milliseconds.</param>
internal sealed record ResolvedRegex(ValueSet<string> Topics, long Version, long TimestampMs);
