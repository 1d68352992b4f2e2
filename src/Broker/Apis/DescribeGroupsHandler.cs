using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.DescribeGroupsResponse;

namespace Broker.Apis;

/// <summary>
/// DescribeGroups 0-6. A group that does not exist is a dead one without an error up to version 5, an error from 6. Authorized
/// operations (3) are never known: there is no access control.
/// </summary>
internal sealed class DescribeGroupsHandler(GroupCoordinator groups)
{
    private const short FirstWithNotFound = 6;

    public ValueTask<DescribeGroupsResponse?> HandleAsync(DescribeGroupsRequest request, RequestContext context) =>
        new(new DescribeGroupsResponse { Groups = [.. request.Groups.Select(id => Describe(id, context.Version))] });

    private DescribedGroup Describe(string groupId, short version)
    {
        var described = groups.Describe(groupId);
        if (described.ErrorCode != ErrorCode.GroupIdNotFound)
            return described;

        if (version >= FirstWithNotFound)
            described.ErrorMessage = $"Group {groupId} not found.";
        else
            described.ErrorCode = ErrorCode.None;
        return described;
    }
}
