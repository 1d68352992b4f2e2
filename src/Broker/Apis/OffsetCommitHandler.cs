using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>OffsetCommit 2-9: answered when the offsets are on disk. A retention of the client's own (2-4) is kept with them.</summary>
internal sealed class OffsetCommitHandler(GroupCoordinator groups)
{
    public async ValueTask<OffsetCommitResponse?> HandleAsync(OffsetCommitRequest request, RequestContext context)
    {
        if (!context.Allows(AclOperation.Read, ResourceType.Group, request.GroupId))
            return request.Answer((_, _) => ErrorCode.GroupAuthorizationFailed);

        request.Topics = context.Allowed(AclOperation.Read, request.Topics, t => t.Name, out var denied);
        var response = await groups.CommitAsync(request, context.Version, context.Aborted).ConfigureAwait(false);
        if (denied.Count > 0)
            response.Topics = [.. response.Topics, .. new OffsetCommitRequest { Topics = denied }.Answer((_, _) => ErrorCode.TopicAuthorizationFailed).Topics];
        return response;
    }
}
