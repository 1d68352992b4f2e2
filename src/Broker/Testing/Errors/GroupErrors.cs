using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Testing.Errors;

/// <summary>Answers to requests about groups.</summary>
internal static class GroupErrors
{
    public static IReadOnlyList<ErrorAnswer> Answers { get; } =
    [
        ErrorAnswer.For<FindCoordinatorRequest>(FindCoordinator),
        ErrorAnswer.For<JoinGroupRequest>((request, error) => new JoinGroupResponse { ErrorCode = error, MemberId = request.MemberId, ProtocolName = "" }),
        ErrorAnswer.For<SyncGroupRequest>((_, error) => new SyncGroupResponse { ErrorCode = error }),
        ErrorAnswer.For<HeartbeatRequest>((_, error) => new HeartbeatResponse { ErrorCode = error }),
        ErrorAnswer.For<LeaveGroupRequest>((_, error) => new LeaveGroupResponse { ErrorCode = error }),
        ErrorAnswer.For<ConsumerGroupHeartbeatRequest>((_, error) => new ConsumerGroupHeartbeatResponse { ErrorCode = error }),
        ErrorAnswer.For<ConsumerGroupDescribeRequest>((request, error) => new ConsumerGroupDescribeResponse
        {
            Groups = [.. request.GroupIds.Select(id => new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = id, ErrorCode = error })],
        }),
        ErrorAnswer.For<OffsetCommitRequest>(OffsetCommit),
        ErrorAnswer.For<OffsetFetchRequest>(OffsetFetch),
        ErrorAnswer.For<OffsetDeleteRequest>((_, error) => new OffsetDeleteResponse { ErrorCode = error }),
        ErrorAnswer.For<ListGroupsRequest>((_, error) => new ListGroupsResponse { ErrorCode = error }),
        ErrorAnswer.For<DescribeGroupsRequest>((request, error) => new DescribeGroupsResponse
        {
            Groups = [.. request.Groups.Select(id => new DescribeGroupsResponse.DescribedGroup { GroupId = id, ErrorCode = error })],
        }),
        ErrorAnswer.For<DeleteGroupsRequest>((request, error) => new DeleteGroupsResponse
        {
            Results = [.. request.GroupsNames.Select(id => new DeleteGroupsResponse.DeletableGroupResult { GroupId = id, ErrorCode = error })],
        }),
    ];

    private static FindCoordinatorResponse FindCoordinator(FindCoordinatorRequest request, ErrorCode error) => new()
    {
        ErrorCode = error,
        NodeId = -1,
        Port = -1,
        Coordinators = [.. request.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator
        {
            Key = key,
            ErrorCode = error,
            NodeId = -1,
            Port = -1,
        })],
    };

    private static OffsetCommitResponse OffsetCommit(OffsetCommitRequest request, ErrorCode error) => new()
    {
        Topics = [.. request.Topics.Select(topic => new OffsetCommitResponse.OffsetCommitResponseTopic
        {
            Name = topic.Name,
            Partitions = [.. topic.Partitions.Select(partition => new OffsetCommitResponse.OffsetCommitResponsePartition
            {
                PartitionIndex = partition.PartitionIndex,
                ErrorCode = error,
            })],
        })],
    };

    private static OffsetFetchResponse OffsetFetch(OffsetFetchRequest request, ErrorCode error) => new()
    {
        ErrorCode = error,
        Topics = [.. (request.Topics ?? []).Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopic
        {
            Name = topic.Name,
            Partitions = [.. topic.PartitionIndexes.Select(partition => new OffsetFetchResponse.OffsetFetchResponsePartition
            {
                PartitionIndex = partition,
                CommittedOffset = -1,
                Metadata = "",
                ErrorCode = error,
            })],
        })],
        Groups = [.. request.Groups.Select(group => new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = group.GroupId, ErrorCode = error })],
    };
}
