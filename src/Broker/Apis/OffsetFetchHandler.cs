using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.OffsetFetchRequest;
using static Broker.Protocol.Messages.OffsetFetchResponse;

namespace Broker.Apis;

/// <summary>
/// OffsetFetch 1-10: several groups from version 8, every partition a group has committed when the topics are null (2 and up). An
/// unknown group or partition is no error but offset -1. Where a stable offset is required (7) and a transaction is about to change
/// it, the client is told to ask again. A member of the consumer protocol names itself and its epoch (9), and resumes only where both are current.
/// From version 10 topics go by their id: one that no topic has is refused, and offsets of a topic that is gone are not among all of a group.
/// </summary>
internal sealed class OffsetFetchHandler(GroupCoordinator groups, TopicCatalog topics)
{
    private const short FirstWithTopicIds = 10;
    private const short FirstWithGroups = 8;
    private const short FirstWithError = 2;

    public async ValueTask<OffsetFetchResponse?> HandleAsync(OffsetFetchRequest request, RequestContext context)
    {
        if (context.Version < FirstWithGroups)
            return Single(await FetchAsync(Only(request), request.RequireStable, context).ConfigureAwait(false), request, context.Version);

        var answers = new List<OffsetFetchResponseGroup>();
        foreach (var group in request.Groups)
            answers.Add(await FetchAsync(group, request.RequireStable, context).ConfigureAwait(false));
        return new OffsetFetchResponse { Groups = answers };
    }

    /// <summary>Of topics a client may not describe it learns no offsets: refused where it names them, left out where it asks for all.</summary>
    private async ValueTask<OffsetFetchResponseGroup> FetchAsync(OffsetFetchRequestGroup asked, bool requireStable, RequestContext context)
    {
        if (!context.Allows(AclOperation.Describe, ResourceType.Group, asked.GroupId))
            return new OffsetFetchResponseGroup { GroupId = asked.GroupId, ErrorCode = ErrorCode.GroupAuthorizationFailed };

        IReadOnlyList<OffsetFetchRequestTopics> denied = [];
        IReadOnlyList<OffsetFetchRequestTopics> unknown = context.Version >= FirstWithTopicIds ? [.. (asked.Topics ?? []).Where(t => !TryName(t))] : [];
        if (unknown.Count > 0)
            asked.Topics = [.. asked.Topics!.Except(unknown)];
        asked.Topics = asked.Topics is null ? null : context.Allowed(AclOperation.Describe, asked.Topics, t => t.Name, out denied);
        var answer = await FetchAllowedAsync(asked, requireStable, context).ConfigureAwait(false);
        if (context.Version >= FirstWithTopicIds)
            answer.Topics = [.. answer.Topics.Where(TryIdentify)];
        if (asked.Topics is null)
            answer.Topics = context.Allowed(AclOperation.Describe, answer.Topics, t => t.Name, out _);
        else if (denied.Count + unknown.Count > 0 && answer.ErrorCode == ErrorCode.None)
            answer.Topics = [.. answer.Topics, .. denied.Select(t => Refused(t, ErrorCode.TopicAuthorizationFailed)), .. unknown.Select(t => Refused(t, ErrorCode.UnknownTopicId))];
        return answer;
    }

    private ValueTask<OffsetFetchResponseGroup> FetchAllowedAsync(OffsetFetchRequestGroup asked, bool requireStable, RequestContext context) => groups.FetchOffsetsAsync(
        asked.GroupId,
        group => group?.CheckFetch(asked.MemberId, asked.MemberEpoch) is { } refused and not ErrorCode.None
            ? new OffsetFetchResponseGroup { GroupId = asked.GroupId, ErrorCode = refused }
            : new OffsetFetchResponseGroup { GroupId = asked.GroupId, Topics = Fetch(group, asked.Topics, requireStable) },
        error => new OffsetFetchResponseGroup { GroupId = asked.GroupId, ErrorCode = error },
        context.Aborted);

    private static IReadOnlyList<OffsetFetchResponseTopics> Fetch(Group? group, IReadOnlyList<OffsetFetchRequestTopics>? topics, bool requireStable) =>
        topics is null ? group?.FetchAllOffsets(requireStable) ?? [] : [.. topics.Select(topic => new OffsetFetchResponseTopics
        {
            Name = topic.Name,
            Partitions = [.. topic.PartitionIndexes.Select(index => group.FetchOffset(new TopicPartition(topic.Name, index), requireStable))],
        })];

    private static OffsetFetchResponseTopics Refused(OffsetFetchRequestTopics topic, ErrorCode error) => new()
    {
        Name = topic.Name,
        TopicId = topic.TopicId,
        Partitions = [.. topic.PartitionIndexes.Select(index => new OffsetFetchResponsePartitions
        {
            PartitionIndex = index,
            CommittedOffset = -1,
            Metadata = "",
            ErrorCode = error,
        })],
    };

    private bool TryName(OffsetFetchRequestTopics topic)
    {
        if (!topics.TryFind(topic.TopicId, out var found))
            return false;
        topic.Name = found.Name;
        return true;
    }

    private bool TryIdentify(OffsetFetchResponseTopics topic)
    {
        if (!topics.TryFind(topic.Name, out var found))
            return false;
        topic.TopicId = found.Id;
        return true;
    }

    private static OffsetFetchRequestGroup Only(OffsetFetchRequest request) => new()
    {
        GroupId = request.GroupId,
        Topics = request.Topics?.Select(t => new OffsetFetchRequestTopics { Name = t.Name, PartitionIndexes = t.PartitionIndexes }).ToList(),
    };

    private static OffsetFetchResponse Single(OffsetFetchResponseGroup group, OffsetFetchRequest request, short version) => new()
    {
        ErrorCode = group.ErrorCode,
        Topics = version < FirstWithError && group.ErrorCode != ErrorCode.None
            ? [.. request.Topics!.Select(t => Topic(t.Name, t.PartitionIndexes.Select(index => Refused(index, group.ErrorCode))))]
            : [.. group.Topics.Select(t => Topic(t.Name, t.Partitions.Select(Partition)))],
    };

    private static OffsetFetchResponseTopic Topic(string name, IEnumerable<OffsetFetchResponsePartition> partitions) =>
        new() { Name = name, Partitions = [.. partitions] };

    private static OffsetFetchResponsePartition Partition(OffsetFetchResponsePartitions partition) => new()
    {
        PartitionIndex = partition.PartitionIndex,
        CommittedOffset = partition.CommittedOffset,
        CommittedLeaderEpoch = partition.CommittedLeaderEpoch,
        Metadata = partition.Metadata,
        ErrorCode = partition.ErrorCode,
    };

    /// <summary>Version 1 has no place for an error but the partition.</summary>
    private static OffsetFetchResponsePartition Refused(int index, ErrorCode error) =>
        new() { PartitionIndex = index, CommittedOffset = -1, Metadata = "", ErrorCode = error };
}
