using Broker.Groups;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>
/// The rows of the <see cref="ApiTable"/> that groups answer. What waits for other members or the disk overlaps: the group has
/// decided when the handler first awaits.
/// </summary>
internal static class GroupApis
{
    public static IEnumerable<Api> Rows(GroupCoordinator groups) =>
    [
        Api.Row<OffsetCommitRequest, OffsetCommitResponse>(2, 9, new OffsetCommitHandler(groups).HandleAsync),
        Api.Row<OffsetFetchRequest, OffsetFetchResponse>(1, 9, new OffsetFetchHandler(groups).HandleAsync),
        Api.Row<JoinGroupRequest, JoinGroupResponse>(0, 9, new JoinGroupHandler(groups).HandleAsync, overlaps: true),
        Api.Row<HeartbeatRequest, HeartbeatResponse>(0, 4, new HeartbeatHandler(groups).HandleAsync),
        Api.Row<LeaveGroupRequest, LeaveGroupResponse>(0, 5, new LeaveGroupHandler(groups).HandleAsync),
        Api.Row<SyncGroupRequest, SyncGroupResponse>(0, 5, new SyncGroupHandler(groups).HandleAsync, overlaps: true),
        Api.Row<DescribeGroupsRequest, DescribeGroupsResponse>(0, 6, new DescribeGroupsHandler(groups).HandleAsync),
        Api.Row<ListGroupsRequest, ListGroupsResponse>(0, 5, new ListGroupsHandler(groups).HandleAsync),
        Api.Row<DeleteGroupsRequest, DeleteGroupsResponse>(0, 2, new DeleteGroupsHandler(groups).HandleAsync),
        Api.Row<OffsetDeleteRequest, OffsetDeleteResponse>(0, 0, new OffsetDeleteHandler(groups).HandleAsync),
    ];
}
