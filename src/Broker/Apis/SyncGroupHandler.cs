using Broker.Connections;
using Broker.Groups;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>SyncGroup 0-5: the leader's brings the assignment, everybody else's waits for it.</summary>
internal sealed class SyncGroupHandler(GroupCoordinator groups)
{
    public async ValueTask<SyncGroupResponse?> HandleAsync(SyncGroupRequest request, RequestContext context) =>
        await groups.SyncAsync(request, context.Aborted).ConfigureAwait(false);
}
