using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>
/// JoinGroup 0-9: waits for the rebalance to bring everybody together, as long as the rebalance timeout at most. From version 4 a new
/// member is first told its id. The reason (8) is not kept.
/// </summary>
internal sealed class JoinGroupHandler(GroupCoordinator groups)
{
    public async ValueTask<JoinGroupResponse?> HandleAsync(JoinGroupRequest request, RequestContext context)
    {
        if (!context.Allows(AclOperation.Read, ResourceType.Group, request.GroupId))
            return GroupJoin.Refused(ErrorCode.GroupAuthorizationFailed, "");

        return await groups.JoinAsync(request, context.Version, GroupClient.Of(context), context.Aborted).ConfigureAwait(false);
    }
}
