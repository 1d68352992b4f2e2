using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>SyncGroup 0-5: the leader's brings the assignment, everybody else's waits for it.</summary>
internal sealed class SyncGroupHandler(GroupCoordinator groups)
{
    public async ValueTask<SyncGroupResponse?> HandleAsync(SyncGroupRequest request, RequestContext context) =>
        context.Allows(AclOperation.Read, ResourceType.Group, request.GroupId)
            ? await groups.SyncAsync(request, context.Aborted).ConfigureAwait(false)
            : new SyncGroupResponse { ErrorCode = ErrorCode.GroupAuthorizationFailed };
}
