using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>Heartbeat 0-4: also how a member hears that the group rebalances.</summary>
internal sealed class HeartbeatHandler(GroupCoordinator groups)
{
    public ValueTask<HeartbeatResponse?> HandleAsync(HeartbeatRequest request, RequestContext context) =>
        new(new HeartbeatResponse
        {
            ErrorCode = context.Allows(AclOperation.Read, ResourceType.Group, request.GroupId)
                ? groups.Heartbeat(request)
                : ErrorCode.GroupAuthorizationFailed,
        });
}
