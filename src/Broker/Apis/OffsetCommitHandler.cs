using Broker.Connections;
using Broker.Groups;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>OffsetCommit 2-9: answered when the offsets are on disk. A retention of the client's own (2-4) is kept with them.</summary>
internal sealed class OffsetCommitHandler(GroupCoordinator groups)
{
    public async ValueTask<OffsetCommitResponse?> HandleAsync(OffsetCommitRequest request, RequestContext context) =>
        await groups.CommitAsync(request, context.Version, context.Aborted).ConfigureAwait(false);
}
