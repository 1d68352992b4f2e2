using Broker.Connections;

namespace Broker.Groups;

/// <summary>The broker's settings that groups go by.</summary>
internal sealed record GroupSettings
{
    /// <summary>How long the first join of an empty group waits for more members; zero for not at all.</summary>
    public TimeSpan InitialRebalanceDelay { get; init; }

    public int MinSessionTimeoutMs { get; init; }

    public int MaxSessionTimeoutMs { get; init; }

    public int MaxSize { get; init; }

    /// <summary>Of members of the consumer protocol, which do not name one of their own.</summary>
    public TimeSpan ConsumerSessionTimeout { get; init; } = TimeSpan.FromSeconds(45);

    public TimeSpan ConsumerHeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    public int ConsumerMaxSize { get; init; } = int.MaxValue;

    /// <summary>Names of the assignors that members may prefer; the first is taken where none does.</summary>
    public IReadOnlyList<string> Assignors { get; init; } = ["uniform", "range"];

    /// <summary>Whether a running classic group becomes one of the consumer protocol when such a consumer joins.</summary>
    public bool CanUpgrade { get; init; } = true;

    /// <summary>Whether classic members go on as a classic group when nobody else is left.</summary>
    public bool CanDowngrade { get; init; } = true;

    /// <summary>What all members of the classic protocol together may say of themselves, in bytes.</summary>
    public long MaxMetadataBytes { get; init; } = long.MaxValue;

    /// <summary>Longest note beside an offset, in characters, as Kafka counts it in spite of the setting's name.</summary>
    public int OffsetMetadataMaxBytes { get; init; }

    public TimeSpan OffsetsRetention { get; init; }

    public TimeSpan OffsetsRetentionCheckInterval { get; init; }

    /// <summary>What groups have to themselves; null where they cannot have any.</summary>
    public GroupConfigs? Own { get; init; }

    /// <summary>How long a joiner that has no member id yet may stay away before it is given up; Kafka's fixed value.</summary>
    public static TimeSpan NewMemberJoinTimeout { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Most ids handed out to joiners that have not come back with them; a further one is told the group is full.</summary>
    public static int MaxPendingMembers => 10_000;

    /// <summary>What the group goes by at this moment.</summary>
    public GroupSettings Of(string group) => Own?.Over(this, group) ?? this;

    public static GroupSettings From(BrokerOptions options) => new()
    {
        InitialRebalanceDelay = TimeSpan.FromMilliseconds(options.GroupInitialRebalanceDelayMs),
        MinSessionTimeoutMs = options.GroupMinSessionTimeoutMs,
        MaxSessionTimeoutMs = options.GroupMaxSessionTimeoutMs,
        MaxSize = options.GroupMaxSize,
        ConsumerSessionTimeout = TimeSpan.FromMilliseconds(options.GroupConsumerSessionTimeoutMs),
        ConsumerHeartbeatInterval = TimeSpan.FromMilliseconds(options.GroupConsumerHeartbeatIntervalMs),
        ConsumerMaxSize = options.GroupConsumerMaxSize,
        Assignors = options.GroupConsumerAssignors.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        CanUpgrade = options.GroupConsumerMigrationPolicy is "bidirectional" or "upgrade",
        CanDowngrade = options.GroupConsumerMigrationPolicy is "bidirectional" or "downgrade",
        MaxMetadataBytes = MemoryBudget.LimitOf(options),
        OffsetMetadataMaxBytes = options.OffsetMetadataMaxBytes,
        OffsetsRetention = TimeSpan.FromMinutes(options.OffsetsRetentionMinutes),
        OffsetsRetentionCheckInterval = TimeSpan.FromMilliseconds(options.OffsetsRetentionCheckIntervalMs),
    };
}
