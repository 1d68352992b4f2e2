using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Groups.Consumer;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>ConsumerGroupHeartbeat 0-1 (KIP-848): join, stay, be assigned and leave. From version 1 members bring their own id.</summary>
internal sealed class ConsumerGroupHeartbeatHandler(GroupCoordinator groups)
{
    public async ValueTask<ConsumerGroupHeartbeatResponse?> HandleAsync(ConsumerGroupHeartbeatRequest request, RequestContext context)
    {
        if (!context.Allows(AclOperation.Read, ResourceType.Group, request.GroupId))
            return ConsumerHeartbeat.Refused(ErrorCode.GroupAuthorizationFailed);

        context.Allowed(AclOperation.Describe, request.SubscribedTopicNames ?? [], name => name, out var denied);
        return denied.Count > 0
            ? ConsumerHeartbeat.Refused(ErrorCode.TopicAuthorizationFailed)
            : await groups.HeartbeatAsync(request, context.Version, GroupClient.Of(context), context.Aborted).ConfigureAwait(false);
    }
}
