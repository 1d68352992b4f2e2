using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.OffsetCommitRequest;

namespace Broker.Apis;

/// <summary>
/// OffsetCommit 2-10: answered when the offsets are on disk. A retention of the client's own (2-4) is kept with them. From version 10 topics go
/// by their id, and one that no topic has is refused.
/// </summary>
internal sealed class OffsetCommitHandler(GroupCoordinator groups, TopicCatalog topics)
{
    private const short FirstWithTopicIds = 10;

    public async ValueTask<OffsetCommitResponse?> HandleAsync(OffsetCommitRequest request, RequestContext context)
    {
        if (!context.Allows(AclOperation.Read, ResourceType.Group, request.GroupId))
            return request.Answer((_, _) => ErrorCode.GroupAuthorizationFailed);

        IReadOnlyList<OffsetCommitRequestTopic> unknown = context.Version >= FirstWithTopicIds ? [.. request.Topics.Where(t => !TryName(t))] : [];
        if (unknown.Count > 0)
            request.Topics = [.. request.Topics.Except(unknown)];
        request.Topics = context.Allowed(AclOperation.Read, request.Topics, t => t.Name, out var denied);
        var response = await groups.CommitAsync(request, context.Version, context.Aborted).ConfigureAwait(false);
        if (denied.Count > 0 || unknown.Count > 0)
            response.Topics = [.. response.Topics, .. Refused(denied, ErrorCode.TopicAuthorizationFailed), .. Refused(unknown, ErrorCode.UnknownTopicId)];
        return response;
    }

    private static IReadOnlyList<OffsetCommitResponse.OffsetCommitResponseTopic> Refused(IReadOnlyList<OffsetCommitRequestTopic> topics, ErrorCode error) =>
        new OffsetCommitRequest { Topics = topics }.Answer((_, _) => error).Topics;

    private bool TryName(OffsetCommitRequestTopic topic)
    {
        if (!topics.TryFind(topic.TopicId, out var found))
            return false;
        topic.Name = found.Name;
        return true;
    }
}
