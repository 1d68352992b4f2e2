using Broker.Protocol;

namespace Broker.Groups.Consumer;

/// <summary>
/// A group's way from the classic protocol to the consumer protocol and back, with its offsets and while it runs. The first consumer that
/// joins takes a group over; its classic members go on as members of the new kind. When the last of those that speak the consumer protocol
/// has gone, the classic members that are left are a classic group again.
/// </summary>
internal static class Migration
{
    /// <summary>A draft of the group as one of the consumer protocol.</summary>
    /// <param name="group">The group.</param>
    /// <param name="isJoin">Only a join turns a classic group into one.</param>
    /// <param name="decision">What comes of it.</param>
    /// <exception cref="GroupFaultException">The group is a classic one and stays it.</exception>
    public static ConsumerDraft OpenForConsumers(this Group group, bool isJoin, Decision decision)
    {
        if (group.Consumer is null && !isJoin)
            throw Refused($"Group {group.Id} is not a consumer group.");
        if (group.Consumer is not null || group.Roster.Count == 0)
        {
            if (group is { Consumer: null, Stored: not null })
                decision.Records.Add(new GenerationRecord(group.Id, null));
            return new ConsumerDraft(group, decision);
        }

        if (!group.Settings.CanUpgrade)
            throw Refused($"Cannot upgrade classic group {group.Id} to consumer group because online upgrade is disabled.");
        if (!group.IsConsumerGroup)
            throw Refused($"Cannot upgrade classic group {group.Id} to consumer group because the group does not use the consumer embedded protocol.");
        if (group.Roster.Count > group.Settings.ConsumerMaxSize)
            throw Refused($"Cannot upgrade classic group {group.Id} to consumer group because the group size exceeds the consumer group maximum size.");
        return Upgrade(group, decision);
    }

    /// <summary>Whether nobody is left who speaks the consumer protocol, and somebody who speaks the classic one.</summary>
    public static bool CanDowngrade(this ConsumerDraft draft) =>
        draft.Group.Settings.CanDowngrade
        && !draft.State.Members.IsEmpty
        && draft.State.Members.Count <= draft.Group.Settings.MaxSize
        && draft.State.Members.Values.All(m => m.IsClassic);

    /// <summary>The last that spoke the consumer protocol is about to join as a classic consumer: without it the group is a classic one again.</summary>
    public static bool TryDowngradeWithout(this ConsumerDraft draft, ConsumerMember joining)
    {
        var others = draft.State.Members.Values.Where(m => m.Id != joining.Id).ToList();
        if (joining.IsClassic || !draft.Group.Settings.CanDowngrade || others.Count >= draft.Group.Settings.MaxSize || !others.All(m => m.IsClassic))
            return false;

        draft.Remove(joining.Id);
        if (others.Count == 0)
            draft.AddRange(draft.State.Tombstones(draft.Group.Id));
        else
            draft.Downgrade();
        return true;
    }

    /// <summary>The members as a classic group, in the generation of the group's epoch, each with what it was to hold; they are called to join anew.</summary>
    public static void Downgrade(this ConsumerDraft draft)
    {
        var (group, state, decision) = (draft.Group, draft.State, draft.Decision);
        var protocol = CommonProtocol(state);
        var members = state.Members.Values.OrderBy(m => m.Id, StringComparer.Ordinal).ToList();
        draft.AddRange(state.Tombstones(group.Id));
        decision.Records.Add(new GenerationRecord(group.Id, new StoredGeneration(
            ConsumerSubscription.ProtocolType, state.Epoch, protocol, members[0].Id, decision.TimestampMs,
            [.. members.Select(m => Stored(m, protocol, draft.Topics, state.TargetOf(m.Id)))])));
        decision.Then((downgraded, next) =>
        {
            GroupReplay.StartSessions(downgraded, next.Now);
            downgraded.Rebalance.Request(RebalanceReason.ProtocolChanged, next);
        });
    }

    /// <summary>The group ends as one of the consumer protocol, nobody being in it, and may begin as a classic one.</summary>
    public static void LeaveEmptyToClassic(this Group group, Decision decision)
    {
        if (group.Consumer is { } consumer)
            decision.Records.AddRange(consumer.State.Tombstones(group.Id));
    }

    private static ConsumerDraft Upgrade(Group group, Decision decision)
    {
        var members = group.Roster.Members.Select(m => Upgraded(group, m)).ToList();

        // Whoever waits is to join once more: the group it waits for is another one now.
        foreach (var member in group.Roster.Members)
        {
            if (member.Joining is { } joining)
                decision.Answer(joining, GroupJoin.Refused(ErrorCode.RebalanceInProgress, member.Id));
            if (member.Syncing is { } syncing)
                decision.Refuse(syncing, ErrorCode.RebalanceInProgress);
        }

        decision.Records.Add(new GenerationRecord(group.Id, null));
        var draft = new ConsumerDraft(group, decision);
        draft.AddRange(members.Select(m => new MemberMetadataRecord(group.Id, m.Id, m.Metadata)));
        draft.Add(new GroupEpochRecord(group.Id, new GroupEpoch(group.Generation, Subscriptions.Hash(draft.State, draft.Topics))));
        draft.AddRange(members.Select(m => new TargetAssignmentRecord(
            group.Id, m.Id, ValueSet<TopicIdPartition>.Of(m.Current.Assigned.Select(held => held.Partition)))));
        draft.Add(new TargetEpochRecord(group.Id, group.Generation));
        draft.AddRange(members.Select(m => new CurrentAssignmentRecord(group.Id, m.Id, m.Current)));
        decision.Then((upgraded, next) =>
        {
            upgraded.Consumer!.StartSessions(upgraded.Settings, next.Now);
            upgraded.WakeBy(upgraded.Consumer.FirstDeadline);
        });
        return draft;
    }

    private static ConsumerMember Upgraded(Group group, Member member)
    {
        var protocols = member.Protocols;
        var said = member.Metadata(group.Protocol) is { Length: > 0 } used ? used : protocols.Select(p => p.Metadata).FirstOrDefault([]);
        var subscription = EmbeddedProtocol.ReadSubscription(said);
        var assigned = EmbeddedProtocol.ReadAssignment(group.StoredAssignment(member.Id));
        if (subscription is null || assigned is null)
            throw Refused($"Cannot upgrade classic group {group.Id} to consumer group because the embedded consumer protocol is malformed.");
        if (subscription.UserData is { Length: > 0 })
            throw Refused(
                $"Cannot upgrade classic group {group.Id} to consumer group because an unsupported custom assignor is in use. "
                + "Please refer to the documentation or switch to a default assignor before re-attempting the upgrade.");

        var held = assigned.Select(p => group.Topics.Find(p.Topic) is { } topic ? new HeldPartition(new(topic.Id, p.Partition), group.Generation) : default)
            .Where(h => h != default);
        return new ConsumerMember(
            member.Id,
            new MemberMetadata(
                member.InstanceId, subscription.RackId, member.ClientId, member.ClientHost, ValueSet<string>.Of(subscription.Topics), "",
                member.RebalanceTimeoutMs, null, new ClassicMember(member.SessionTimeoutMs, protocols)),
            new CurrentAssignment(group.Generation, group.Generation, MemberState.Stable, ValueSet<HeldPartition>.Of(held), ValueSet<HeldPartition>.Empty));
    }

    private static StoredMember Stored(ConsumerMember member, string protocol, ITopicsView topics, ValueSet<TopicIdPartition> target)
    {
        var classic = member.Metadata.Classic!;
        var metadata = classic.Protocols.First(p => p.Name == protocol).Metadata;
        var version = EmbeddedProtocol.ReadSubscription(metadata)?.Version ?? 0;
        return new StoredMember(
            member.Id, member.Metadata.InstanceId, member.Metadata.ClientId, member.Metadata.ClientHost, member.Metadata.RebalanceTimeoutMs,
            classic.SessionTimeoutMs, metadata, EmbeddedProtocol.WriteAssignment(version, Named(target, topics)));
    }

    /// <summary>By name, without topics that are gone.</summary>
    public static IEnumerable<TopicPartition> Named(IEnumerable<TopicIdPartition> partitions, ITopicsView topics)
    {
        foreach (var partition in partitions)
        {
            if (topics.Find(partition.TopicId) is { } topic)
                yield return new TopicPartition(topic.Name, partition.Partition);
        }
    }

    /// <summary>The first member's favourite of the protocols that every classic member knows: nobody joins who knows none of them.</summary>
    private static string CommonProtocol(ConsumerState state)
    {
        var classics = state.Members.Values.OrderBy(m => m.Id, StringComparer.Ordinal).Select(m => m.Metadata.Classic).OfType<ClassicMember>().ToList();
        return classics[0].Protocols.Select(p => p.Name).First(name => classics.All(c => c.Protocols.Any(p => p.Name == name)));
    }

    private static GroupFaultException Refused(string message) => new(ErrorCode.GroupIdNotFound, message);
}
