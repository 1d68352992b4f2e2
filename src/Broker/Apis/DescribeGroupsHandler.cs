using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.DescribeGroupsResponse;

namespace Broker.Apis;

/// <summary>
/// DescribeGroups 0-6. A group that does not exist, or is not of the classic protocol, is a dead one without an error up to version 5, an error
/// from 6.
/// </summary>
internal sealed class DescribeGroupsHandler(GroupCoordinator groups)
{
    private const short FirstWithNotFound = 6;

    public ValueTask<DescribeGroupsResponse?> HandleAsync(DescribeGroupsRequest request, RequestContext context) =>
        new(new DescribeGroupsResponse { Groups = [.. request.Groups.Select(id => Describe(id, request.IncludeAuthorizedOperations, context))] });

    private DescribedGroup Describe(string groupId, bool withOperations, RequestContext context)
    {
        if (!context.Allows(AclOperation.Describe, ResourceType.Group, groupId))
            return new DescribedGroup { GroupId = groupId, ErrorCode = ErrorCode.GroupAuthorizationFailed };

        var described = groups.Describe(groupId);
        if (described.ErrorCode == ErrorCode.GroupIdNotFound && context.Version < FirstWithNotFound)
            described.ErrorCode = ErrorCode.None;

        if (withOperations && described.ErrorCode == ErrorCode.None)
            described.AuthorizedOperations = context.AuthorizedOperations(ResourceType.Group, groupId);
        return described;
    }
}
