using Broker.Groups.Consumer;

namespace Broker.Groups;

/// <summary>
/// One consumer group: its offsets, and its members by the classic protocol or, while <see cref="Consumer"/> is set, by that of KIP-848.
/// Requests are decided by the extension methods beside it (GroupJoin, GroupSync, GroupLeave, GroupOffsets, those in Consumer)
/// and by its <see cref="Rebalance"/>; they answer and propose records. What is durable, the last settled generation, the state of the consumer
/// protocol and the offsets, is changed by <see cref="GroupReplay"/> alone, live as after a restart.
/// Everything here is touched under <see cref="Gate"/> only, which is never held across an await.
/// </summary>
internal sealed class Group
{
    private readonly GroupSettings _settings;

    public Group(string id, GroupSettings settings, ITopicsView topics, OffsetsPartition partition)
    {
        Id = id;
        _settings = settings;
        Topics = topics;
        Partition = partition;
        Roster = new Roster(partition.Budget);
        Rebalance = new Rebalance(this);
    }

    public string Id { get; }

    /// <summary>As they stand now: a group may have some to itself.</summary>
    public GroupSettings Settings => _settings.Of(Id);

    public ITopicsView Topics { get; }

    /// <summary>Where the group is kept, with its neighbours there.</summary>
    public OffsetsPartition Partition { get; }

    public Lock Gate => Partition.Gate;

    /// <summary>The membership by the consumer protocol; null in a group of the classic one, or of none. The classic state is Empty while it is set.</summary>
    public ConsumerGroup? Consumer { get; internal set; }

    public Roster Roster { get; }

    public Rebalance Rebalance { get; }

    public GroupState State { get; private set; }

    /// <summary>Counts the joins completed; ahead of the stored generation until its assignment is settled.</summary>
    public int Generation { get; internal set; }

    /// <summary>What kind of group this is, "consumer" for consumers; null while nobody has ever joined.</summary>
    public string? ProtocolType { get; internal set; }

    /// <summary>The protocol this generation voted for; null without members.</summary>
    public string? Protocol { get; internal set; }

    /// <summary>Topics that members of this generation want; null when that is unknown.</summary>
    public IReadOnlySet<string>? SubscribedTopics { get; private set; }

    public long StateTimestampMs { get; internal set; } = -1;

    /// <summary>Kafka's name for where the group stands, by the protocol it speaks.</summary>
    public string StateName => Consumer?.State.Name ?? State.ToString();

    /// <summary>Nobody is in it, by either protocol.</summary>
    public bool IsEmpty => State == GroupState.Empty && (Consumer?.State.Members.IsEmpty ?? true);

    /// <summary>The last settled generation; null while there was none.</summary>
    public StoredGeneration? Stored { get; internal set; }

    public Dictionary<TopicPartition, CommittedOffset> Offsets { get; } = [];

    public PendingOffsets PendingOffsets { get; } = new();

    /// <summary>Offset in the group's log behind its last record: what must be on disk before anybody hears of this state.</summary>
    public long DurableOffset { get; set; } = -1;

    /// <summary>No later than the first deadline; <see cref="TimeSpan.MaxValue"/> when there is none.</summary>
    public TimeSpan Wake { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Neither members nor anything stored: not worth keeping.</summary>
    public bool HoldsNothing => Consumer is null && State == GroupState.Empty && Roster.Pending.Count == 0 && Stored is null && Offsets.Count == 0 && PendingOffsets.IsEmpty;

    public bool IsConsumerGroup => ProtocolType == ConsumerSubscription.ProtocolType;

    public void Enter(GroupState state, long timestampMs)
    {
        State = state;
        StateTimestampMs = timestampMs;
    }

    public void WakeBy(TimeSpan deadline)
    {
        if (deadline < Wake)
            Wake = deadline;
    }

    /// <summary>The member was heard of.</summary>
    public void Renew(Member member, TimeSpan now)
    {
        member.Deadline = now + TimeSpan.FromMilliseconds(member.SessionTimeoutMs);
        WakeBy(member.Deadline);
    }

    /// <summary>Ends what has run out of time. Cheap when nothing has.</summary>
    public void Expire(Decision decision)
    {
        if (decision.Now < Wake)
            return;

        Rebalance.Expire(decision);
        if (Consumer is not null)
            this.ExpireConsumers(Consumer, decision);
        Wake = Roster.Members.Select(m => m.Deadline)
            .Concat(Roster.Pending.Values)
            .Concat(Rebalance.Deadlines)
            .Append(Consumer?.FirstDeadline ?? TimeSpan.MaxValue)
            .DefaultIfEmpty(TimeSpan.MaxValue)
            .Min();
    }

    public void UpdateSubscribedTopics() => SubscribedTopics =
        IsConsumerGroup ? ConsumerSubscription.TopicsOf(Roster.Members.Select(m => m.Metadata(Protocol))) : null;

    /// <summary>Of a consumer group whose subscriptions cannot be read, every topic may be one.</summary>
    public bool MaySubscribeTo(string topic) =>
        Consumer is { State: var state } ? state.Members.Values.Any(m => state.TopicNamesOf(m).Contains(topic)) : SubscribedTopics?.Contains(topic) ?? IsConsumerGroup;

    /// <summary>This generation with its assignment, as it is stored.</summary>
    public StoredGeneration Settled(Func<Member, byte[]> assignment, long timestampMs) => new(
        ProtocolType ?? "", Generation, Protocol, Roster.LeaderId, timestampMs,
        [.. Roster.Members.Select(m => new StoredMember(
            m.Id, m.InstanceId, m.ClientId, m.ClientHost, m.RebalanceTimeoutMs, m.SessionTimeoutMs, m.Metadata(Protocol), assignment(m)))]);

    public byte[] StoredAssignment(string memberId) => Stored?.Members.FirstOrDefault(m => m.Id == memberId)?.Assignment ?? [];
}
