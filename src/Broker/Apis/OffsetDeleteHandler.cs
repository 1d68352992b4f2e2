using Broker.Connections;
using Broker.Groups;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>OffsetDelete 0: forgets committed offsets of topics that no member of the group reads.</summary>
internal sealed class OffsetDeleteHandler(GroupCoordinator groups)
{
    public async ValueTask<OffsetDeleteResponse?> HandleAsync(OffsetDeleteRequest request, RequestContext context) =>
        await groups.DeleteOffsetsAsync(request, context.Aborted).ConfigureAwait(false);
}
