using static Broker.Protocol.Messages.DescribeGroupsResponse;
using static Broker.Protocol.Messages.ListGroupsResponse;
using static Broker.Protocol.Messages.OffsetFetchResponse;

namespace Broker.Groups;

/// <summary>What a group shows of itself: offsets to those who resume, its members and state to administrators.</summary>
internal static class GroupViews
{
    /// <summary>A partition without a committed offset is answered with offset -1 and no error.</summary>
    public static OffsetFetchResponsePartitions FetchOffset(this Group? group, TopicPartition partition) =>
        group is not null && group.Offsets.TryGetValue(partition, out var committed)
            ? Fetched(partition, committed)
            : new OffsetFetchResponsePartitions { PartitionIndex = partition.Partition, CommittedOffset = -1, Metadata = "" };

    public static IReadOnlyList<OffsetFetchResponseTopics> FetchAllOffsets(this Group group) =>
        [.. group.Offsets.GroupBy(o => o.Key.Topic).Select(topic => new OffsetFetchResponseTopics
        {
            Name = topic.Key,
            Partitions = [.. topic.Select(o => Fetched(o.Key, o.Value))],
        })];

    public static ListedGroup List(this Group group) => new()
    {
        GroupId = group.Id,
        ProtocolType = group.ProtocolType ?? "",
        GroupState = group.State.ToString(),
        GroupType = "classic",
    };

    /// <summary>While a rebalance runs there is no protocol to describe members by.</summary>
    public static DescribedGroup Describe(this Group group)
    {
        var isStable = group.State == GroupState.Stable;
        return new()
        {
            GroupId = group.Id,
            GroupState = group.State.ToString(),
            ProtocolType = group.ProtocolType ?? "",
            ProtocolData = isStable ? group.Protocol ?? "" : "",
            Members = [.. group.Roster.Members.Select(m => new DescribedGroupMember
            {
                MemberId = m.Id,
                GroupInstanceId = m.InstanceId,
                ClientId = m.ClientId,
                ClientHost = m.ClientHost,
                MemberMetadata = isStable ? m.Metadata(group.Protocol) : [],
                MemberAssignment = isStable ? group.StoredAssignment(m.Id) : [],
            })],
        };
    }

    private static OffsetFetchResponsePartitions Fetched(TopicPartition partition, CommittedOffset committed) => new()
    {
        PartitionIndex = partition.Partition,
        CommittedOffset = committed.Offset,
        CommittedLeaderEpoch = committed.LeaderEpoch,
        Metadata = committed.Metadata,
    };
}
