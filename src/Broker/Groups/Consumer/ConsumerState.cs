using System.Collections.Immutable;

namespace Broker.Groups.Consumer;

/// <summary>
/// All that is durable of a group of the consumer protocol. Immutable, and changed by <see cref="Apply"/> alone: a decision is
/// worked out on a state of its own, and once its records are appended the group takes the same steps, live as after a restart.
/// </summary>
internal sealed record ConsumerState
{
    public static ConsumerState New { get; } = new();

    /// <summary>0 until the first member joined.</summary>
    public int Epoch { get; private init; }

    public long MetadataHash { get; private init; }

    /// <summary>The epoch that <see cref="Targets"/> were computed for.</summary>
    public int TargetEpoch { get; private init; }

    public ImmutableDictionary<string, ConsumerMember> Members { get; private init; } = ImmutableDictionary.Create<string, ConsumerMember>(StringComparer.Ordinal);

    /// <summary>What each member shall hold.</summary>
    public ImmutableDictionary<string, ValueSet<TopicIdPartition>> Targets { get; private init; } =
        ImmutableDictionary.Create<string, ValueSet<TopicIdPartition>>(StringComparer.Ordinal);

    /// <summary>The regular expressions of its members, with what they match.</summary>
    public ImmutableDictionary<string, ResolvedRegex> Regexes { get; private init; } = ImmutableDictionary.Create<string, ResolvedRegex>(StringComparer.Ordinal);

    /// <summary>Kafka's name for where the group stands.</summary>
    public string Name =>
        Members.IsEmpty ? "Empty"
        : Epoch > TargetEpoch ? "Assigning"
        : Members.Values.All(m => m.Current.IsReconciledTo(TargetEpoch)) ? "Stable"
        : "Reconciling";

    public ConsumerMember? Find(string memberId) => Members.GetValueOrDefault(memberId);

    public ConsumerMember? FindInstance(string instanceId) => Members.Values.FirstOrDefault(m => m.Metadata.InstanceId == instanceId);

    public ValueSet<TopicIdPartition> TargetOf(string memberId) => Targets.GetValueOrDefault(memberId, ValueSet<TopicIdPartition>.Empty);

    /// <summary>Every topic that a member wants by name or by its regular expression, as far as that is resolved.</summary>
    public IEnumerable<string> TopicNamesOf(ConsumerMember member) =>
        member.Metadata.HasRegex && Regexes.TryGetValue(member.Metadata.TopicRegex!, out var resolved)
            ? member.Metadata.TopicNames.Union(resolved.Topics, StringComparer.Ordinal)
            : member.Metadata.TopicNames;

    /// <summary>Who holds each partition, also one that it was told to give up.</summary>
    public Dictionary<TopicIdPartition, string> Holders()
    {
        var holders = new Dictionary<TopicIdPartition, string>();
        foreach (var member in Members.Values)
        {
            foreach (var held in member.Current.Held)
                holders[held.Partition] = member.Id;
        }

        return holders;
    }

    /// <summary>
    /// The state after a record. Records of a member may come in any order, as compaction leaves them: whatever comes first makes it.
    /// </summary>
    public ConsumerState Apply(ConsumerRecord record) => record switch
    {
        GroupEpochRecord { Value: { } value } => this with { Epoch = value.Epoch, MetadataHash = value.MetadataHash },
        MemberMetadataRecord { Value: { } value } r => With(Member(r.MemberId) with { Metadata = value }),
        MemberMetadataRecord r => this with { Members = Members.Remove(r.MemberId) },
        TargetEpochRecord r => this with { TargetEpoch = r.Epoch ?? 0 },
        TargetAssignmentRecord { Value: { } value } r => this with { Targets = Targets.SetItem(r.MemberId, value) },
        TargetAssignmentRecord r => this with { Targets = Targets.Remove(r.MemberId) },
        CurrentAssignmentRecord { Value: { } value } r => With(Member(r.MemberId) with { Current = value }),
        CurrentAssignmentRecord r when Members.ContainsKey(r.MemberId) => With(Member(r.MemberId) with { Current = CurrentAssignment.None }),
        RegexRecord { Value: { } value } r => this with { Regexes = Regexes.SetItem(r.Regex, value) },
        RegexRecord r => this with { Regexes = Regexes.Remove(r.Regex) },
        _ => this,
    };

    /// <summary>The records that end the group, members first.</summary>
    public IEnumerable<ConsumerRecord> Tombstones(string groupId) =>
    [
        .. Members.Keys.SelectMany(id => TombstonesOf(groupId, id)),
        .. Regexes.Keys.Select(regex => new RegexRecord(groupId, regex, null)),
        new TargetEpochRecord(groupId, null),
        new GroupEpochRecord(groupId, null),
    ];

    /// <summary>The records that end one member.</summary>
    public static IEnumerable<ConsumerRecord> TombstonesOf(string groupId, string memberId) =>
    [
        new CurrentAssignmentRecord(groupId, memberId, null),
        new TargetAssignmentRecord(groupId, memberId, null),
        new MemberMetadataRecord(groupId, memberId, null),
    ];

    private ConsumerMember Member(string id) => Find(id) ?? new ConsumerMember(id, MemberMetadata.Unknown, CurrentAssignment.None);

    private ConsumerState With(ConsumerMember member) => this with { Members = Members.SetItem(member.Id, member) };
}
