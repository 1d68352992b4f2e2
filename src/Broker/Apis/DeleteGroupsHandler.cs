using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.DeleteGroupsResponse;

namespace Broker.Apis;

/// <summary>DeleteGroups 0-2: empty groups only, with the offsets they have committed.</summary>
internal sealed class DeleteGroupsHandler(GroupCoordinator groups)
{
    public async ValueTask<DeleteGroupsResponse?> HandleAsync(DeleteGroupsRequest request, RequestContext context)
    {
        var results = new List<DeletableGroupResult>();
        foreach (var groupId in request.GroupsNames)
        {
            results.Add(new DeletableGroupResult
            {
                GroupId = groupId,
                ErrorCode = context.Allows(AclOperation.Delete, ResourceType.Group, groupId)
                    ? await groups.DeleteAsync(groupId, context.Aborted).ConfigureAwait(false)
                    : ErrorCode.GroupAuthorizationFailed,
            });
        }

        return new DeleteGroupsResponse { Results = results };
    }
}
