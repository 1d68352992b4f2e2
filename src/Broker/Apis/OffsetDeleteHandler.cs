using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.OffsetDeleteResponse;

namespace Broker.Apis;

/// <summary>OffsetDelete 0: forgets committed offsets of topics that no member of the group reads.</summary>
internal sealed class OffsetDeleteHandler(GroupCoordinator groups)
{
    public async ValueTask<OffsetDeleteResponse?> HandleAsync(OffsetDeleteRequest request, RequestContext context)
    {
        if (!context.Allows(AclOperation.Delete, ResourceType.Group, request.GroupId))
            return new OffsetDeleteResponse { ErrorCode = ErrorCode.GroupAuthorizationFailed };

        request.Topics = context.Allowed(AclOperation.Read, request.Topics, t => t.Name, out var denied);
        var response = await groups.DeleteOffsetsAsync(request, context.Aborted).ConfigureAwait(false);
        if (denied.Count > 0 && response.ErrorCode == ErrorCode.None)
            response.Topics = [.. response.Topics, .. denied.Select(Refused)];
        return response;
    }

    private static OffsetDeleteResponseTopic Refused(OffsetDeleteRequest.OffsetDeleteRequestTopic topic) => new()
    {
        Name = topic.Name,
        Partitions = [.. topic.Partitions.Select(p => new OffsetDeleteResponsePartition
        {
            PartitionIndex = p.PartitionIndex,
            ErrorCode = ErrorCode.TopicAuthorizationFailed,
        })],
    };
}
