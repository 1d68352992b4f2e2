using Broker.Protocol;
using static Broker.Protocol.Messages.DescribeGroupsResponse;
using static Broker.Protocol.Messages.ListGroupsResponse;
using static Broker.Protocol.Messages.OffsetFetchResponse;

namespace Broker.Groups;

/// <summary>What a group shows of itself: offsets to those who resume, its members and state to administrators.</summary>
internal static class GroupViews
{
    /// <summary>
    /// A partition without a committed offset is answered with offset -1 and no error; with UNSTABLE_OFFSET_COMMIT when a stable one
    /// is required and a transaction is about to change it.
    /// </summary>
    public static OffsetFetchResponsePartitions FetchOffset(this Group? group, TopicPartition partition, bool requireStable = false)
    {
        if (requireStable && group?.PendingOffsets.Contains(partition) == true)
            return NotFetched(partition, ErrorCode.UnstableOffsetCommit);
        return group is not null && group.Offsets.TryGetValue(partition, out var committed)
            ? Fetched(partition, committed)
            : NotFetched(partition, ErrorCode.None);
    }

    /// <summary>Every partition the group has committed; those that only a transaction holds are not among them.</summary>
    public static IReadOnlyList<OffsetFetchResponseTopics> FetchAllOffsets(this Group group, bool requireStable = false) =>
        [.. group.Offsets.Keys.GroupBy(partition => partition.Topic).Select(topic => new OffsetFetchResponseTopics
        {
            Name = topic.Key,
            Partitions = [.. topic.Select(partition => group.FetchOffset(partition, requireStable))],
        })];

    public static ListedGroup List(this Group group) => new()
    {
        GroupId = group.Id,
        ProtocolType = group.Consumer is null ? group.ProtocolType ?? "" : ConsumerSubscription.ProtocolType,
        GroupState = group.StateName,
        GroupType = group.Consumer is null ? "classic" : "consumer",
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

    private static OffsetFetchResponsePartitions NotFetched(TopicPartition partition, ErrorCode error) =>
        new() { PartitionIndex = partition.Partition, CommittedOffset = -1, Metadata = "", ErrorCode = error };

    private static OffsetFetchResponsePartitions Fetched(TopicPartition partition, CommittedOffset committed) => new()
    {
        PartitionIndex = partition.Partition,
        CommittedOffset = committed.Offset,
        CommittedLeaderEpoch = committed.LeaderEpoch,
        Metadata = committed.Metadata,
    };
}
