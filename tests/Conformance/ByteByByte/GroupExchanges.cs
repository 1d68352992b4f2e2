using Broker.Protocol.Messages;

namespace Conformance.ByteByByte;

/// <summary>Groups of both protocols and their offsets, where nobody has to wait for anybody.</summary>
internal static class GroupExchanges
{
    private static readonly Guid NoSuchId = new("22222222-2222-2222-2222-222222222222");

    /// <summary>A consumer's subscription of version 0.</summary>
    private static readonly byte[] ReadsTopic = [0, 0, 0, 0, 0, 1, 0, 7, .. "numbers"u8, 0xFF, 0xFF, 0xFF, 0xFF];

    public static IEnumerable<Exchange> All =>
    [
        Exchange.Of<FindCoordinatorRequest, FindCoordinatorResponse>("of a group", (_, version) => Find(version, Side.Group, 0)),
        Exchange.Of<FindCoordinatorRequest, FindCoordinatorResponse>("of a transactional id", (_, version) => Find(version, "txn", 1), from: 1),
        Exchange.Of<FindCoordinatorRequest, FindCoordinatorResponse>("of an unknown kind", (_, version) => Find(version, "x", 9), from: 1),
        Exchange.Of<FindCoordinatorRequest, FindCoordinatorResponse>("of a group without name", (_, version) => Find(version, "", 0)),

        Exchange.Of<JoinGroupRequest, JoinGroupResponse>("a new member", (_, version) => Join($"joined-{version}")),
        Exchange.Of<JoinGroupRequest, JoinGroupResponse>("a static member", (_, version) => Join($"static-{version}", instance: "one"), from: 5),
        Exchange.Of<JoinGroupRequest, JoinGroupResponse>("an unknown member", (_, _) => Join("unknown-member", member: "nobody")),
        Exchange.Of<JoinGroupRequest, JoinGroupResponse>("with a short session", (_, _) => Join("short", sessionMs: 1)),
        Exchange.Of<JoinGroupRequest, JoinGroupResponse>("without a group", (_, _) => Join("")),
        Exchange.Of<JoinGroupRequest, JoinGroupResponse>("without a protocol", (_, _) => Join("no-protocol", withProtocol: false)),
        Exchange.Of<SyncGroupRequest, SyncGroupResponse>("of an unknown member", (_, _) => new() { GroupId = Side.Group, GenerationId = 1, MemberId = "nobody", ProtocolType = "consumer", ProtocolName = "range" }),
        Exchange.Of<SyncGroupRequest, SyncGroupResponse>("of an unknown group", (_, _) => new() { GroupId = "none", GenerationId = 1, MemberId = "nobody", ProtocolType = "consumer", ProtocolName = "range" }),
        Exchange.Of<HeartbeatRequest, HeartbeatResponse>("of an unknown member", (_, _) => new() { GroupId = Side.Group, GenerationId = 1, MemberId = "nobody" }),
        Exchange.Of<HeartbeatRequest, HeartbeatResponse>("of an unknown group", (_, _) => new() { GroupId = "none", GenerationId = 1, MemberId = "nobody" }),
        Exchange.Of<LeaveGroupRequest, LeaveGroupResponse>("of an unknown member", (_, version) => Leave(version, Side.Group)),
        Exchange.Of<LeaveGroupRequest, LeaveGroupResponse>("of an unknown group", (_, version) => Leave(version, "none")),
        Exchange.Of<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>("of an unknown member", (_, _) => new() { GroupId = "none", MemberId = "nobody", MemberEpoch = 5 }),
        Exchange.Of<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>("without a subscription", (_, _) => new() { GroupId = "none", MemberId = "nobody", MemberEpoch = 0, RebalanceTimeoutMs = 1000, TopicPartitions = [] }),
        Exchange.Of<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>("that leaves", (_, _) => new() { GroupId = "none", MemberId = "nobody", MemberEpoch = -1 }),

        Exchange.Of<DescribeGroupsRequest, DescribeGroupsResponse>("one without members", (_, _) => new() { Groups = [Side.Group], IncludeAuthorizedOperations = true }),
        Exchange.Of<DescribeGroupsRequest, DescribeGroupsResponse>("an unknown one", (_, _) => new() { Groups = ["none"] }),
        Exchange.Of<DescribeGroupsRequest, DescribeGroupsResponse>("one with a member", (_, _) => new() { Groups = [Side.LiveGroup], IncludeAuthorizedOperations = true }),
        Exchange.Of<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>("an unknown one", (_, _) => new() { GroupIds = ["none"] }),
        Exchange.Of<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>("a classic one", (_, _) => new() { GroupIds = [Side.Group] }),
        Exchange.Of<ListGroupsRequest, ListGroupsResponse>("all", (_, _) => new(), OnlyOwn),
        Exchange.Of<ListGroupsRequest, ListGroupsResponse>("dead ones", (_, _) => new() { StatesFilter = ["Dead"] }, from: 4),
        Exchange.Of<ListGroupsRequest, ListGroupsResponse>("of an unknown type", (_, _) => new() { TypesFilter = ["none"] }, from: 5),
        Exchange.Of<DeleteGroupsRequest, DeleteGroupsResponse>("an unknown one", (_, _) => new() { GroupsNames = ["none"] }),

        Exchange.Of<DeleteGroupsRequest, DeleteGroupsResponse>("one with a member", (_, _) => new() { GroupsNames = [Side.LiveGroup] }),

        Exchange.Of<OffsetCommitRequest, OffsetCommitResponse>("to a group with members", (side, version) => Commit(side, version, Side.LiveGroup)),
        Exchange.Of<OffsetDeleteRequest, OffsetDeleteResponse>("of a topic that a member reads", (_, _) => new() { GroupId = Side.LiveGroup, Topics = [new() { Name = Side.Topic, Partitions = [new()] }] }),
        Exchange.Of<OffsetCommitRequest, OffsetCommitResponse>("from outside", (side, version) => Commit(side, version, "committed")),
        Exchange.Of<OffsetCommitRequest, OffsetCommitResponse>("of an unknown topic", (side, version) => Commit(side, version, "committed", topic: "none")),
        Exchange.Of<OffsetCommitRequest, OffsetCommitResponse>("by an unknown member", (side, version) => Commit(side, version, Side.Group, generation: 3, member: "nobody")),
        Exchange.Of<OffsetCommitRequest, OffsetCommitResponse>("without a group", (side, version) => Commit(side, version, "")),
        Exchange.Of<OffsetCommitRequest, OffsetCommitResponse>("with too much metadata", (side, version) => Commit(side, version, "committed", metadata: new string('m', 5000))),
        Exchange.Of<OffsetFetchRequest, OffsetFetchResponse>("of a group", (side, version) => Offsets(side, version, Side.Group)),
        Exchange.Of<OffsetFetchRequest, OffsetFetchResponse>("of an unknown group", (side, version) => Offsets(side, version, "none")),
        Exchange.Of<OffsetFetchRequest, OffsetFetchResponse>("of an unknown topic", (side, version) => Offsets(side, version, Side.Group, topic: "none")),
        Exchange.Of<OffsetFetchRequest, OffsetFetchResponse>("all of a group", (side, version) => Offsets(side, version, Side.Group, topic: null), from: 2),
        Exchange.Of<OffsetFetchRequest, OffsetFetchResponse>("all of an unknown group", (side, version) => Offsets(side, version, "none", topic: null), from: 2),
        Exchange.Of<OffsetDeleteRequest, OffsetDeleteResponse>("of an unknown group", (_, _) => new() { GroupId = "none", Topics = [new() { Name = Side.Topic, Partitions = [new()] }] }),
        Exchange.Of<OffsetDeleteRequest, OffsetDeleteResponse>("of an unknown topic", (_, _) => new() { GroupId = Side.Group, Topics = [new() { Name = "none", Partitions = [new()] }] }),
    ];

    private static FindCoordinatorRequest Find(short version, string key, sbyte type) =>
        version >= 4 ? new() { CoordinatorKeys = [key], KeyType = type } : new() { Key = key, KeyType = type };

    public static JoinGroupRequest Join(string group, string member = "", string? instance = null, int sessionMs = 10_000, bool withProtocol = true) => new()
    {
        GroupId = group,
        MemberId = member,
        GroupInstanceId = instance,
        SessionTimeoutMs = sessionMs,
        RebalanceTimeoutMs = sessionMs,
        ProtocolType = "consumer",
        Protocols = withProtocol ? [new() { Name = "range", Metadata = ReadsTopic }] : [],
    };

    private static LeaveGroupRequest Leave(short version, string group) =>
        version >= 3 ? new() { GroupId = group, Members = [new() { MemberId = "nobody" }] } : new() { GroupId = group, MemberId = "nobody" };

    private static OffsetCommitRequest Commit(
        Side side, short version, string group, string topic = Side.Topic, int generation = -1, string member = "", string metadata = "m") => new()
        {
            GroupId = group,
            GenerationIdOrMemberEpoch = generation,
            MemberId = member,
            Topics =
            [
                new()
                {
                    Name = topic,
                    TopicId = Id(side, version, topic),
                    Partitions = [new() { PartitionIndex = 0, CommittedOffset = 1, CommittedMetadata = metadata }],
                },
            ],
        };

    private static OffsetFetchRequest Offsets(Side side, short version, string group, string? topic = Side.Topic)
    {
        if (version < 8)
            return new() { GroupId = group, Topics = topic is null ? null : [new() { Name = topic, PartitionIndexes = [0, 1] }] };
        return new()
        {
            Groups = [new() { GroupId = group, Topics = topic is null ? null : [new() { Name = topic, TopicId = Id(side, version, topic), PartitionIndexes = [0, 1] }] }],
        };
    }

    private static Guid Id(Side side, short version, string topic) => version < 10 ? Guid.Empty : topic == Side.Topic ? side.TopicId : NoSuchId;

    /// <summary>The groups that both have; others are made by other questions.</summary>
    private static void OnlyOwn(ListGroupsResponse response) =>
        response.Groups = [.. response.Groups.Where(g => g.GroupId is Side.Group or Side.LiveGroup).OrderBy(g => g.GroupId, StringComparer.Ordinal)];
}
