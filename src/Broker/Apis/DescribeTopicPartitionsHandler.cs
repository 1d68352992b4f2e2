using System.Diagnostics.CodeAnalysis;
using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.DescribeTopicPartitionsResponse;

namespace Broker.Apis;

/// <summary>
/// DescribeTopicPartitions 0: topics in order of name, as many partitions as fit on a page, and where the next page begins. It
/// creates nothing. One broker: it leads every partition.
/// </summary>
internal sealed class DescribeTopicPartitionsHandler(BrokerOptions options, TopicCatalog topics)
{
    private const int MaxPartitions = 2000;

    public ValueTask<DescribeTopicPartitionsResponse?> HandleAsync(DescribeTopicPartitionsRequest request, RequestContext context)
    {
        var names = request.Topics.Select(t => t.Name).Distinct().ToList();
        if (request.Cursor is { } from && (from.PartitionIndex < 0 || (names.Count > 0 && !names.Contains(from.TopicName))))
            return new(new DescribeTopicPartitionsResponse { Topics = names.ConvertAll(name => Refused(name, ErrorCode.InvalidRequest)) });

        var asked = names.Count == 0 ? Shown(context) : names.Order(StringComparer.Ordinal);
        var start = request.Cursor;
        var space = Math.Clamp(request.ResponsePartitionLimit, 1, MaxPartitions);
        var page = new List<DescribeTopicPartitionsResponseTopic>();
        PartitionCursor? next = null;
        foreach (var name in asked.Where(name => start is null || string.CompareOrdinal(name, start.TopicName) >= 0))
        {
            if (space == 0)
            {
                next = new PartitionCursor { TopicName = name };
                break;
            }

            if (!TryFind(name, context, out var topic, out var fault))
            {
                var refused = Refused(name, fault);
                if (fault != ErrorCode.TopicAuthorizationFailed)
                    refused.TopicAuthorizedOperations = context.AuthorizedOperations(ResourceType.Topic, name);
                page.Add(refused);
                continue;
            }

            var first = name == start?.TopicName ? Math.Min(start.PartitionIndex, topic.Partitions.Count) : 0;
            var count = Math.Min(space, topic.Partitions.Count - first);
            page.Add(Describe(topic, topic.Partitions.Skip(first).Take(count), context));
            space -= count;
            if (first + count < topic.Partitions.Count)
            {
                next = new PartitionCursor { TopicName = name, PartitionIndex = first + count };
                break;
            }
        }

        return new(new DescribeTopicPartitionsResponse { Topics = page, NextCursor = next });
    }

    private IEnumerable<string> Shown(RequestContext context) =>
        topics.All.Select(t => t.Name).Where(name => context.Shows(AclOperation.Describe, ResourceType.Topic, name));

    private bool TryFind(string name, RequestContext context, [NotNullWhen(true)] out Topic? topic, out ErrorCode fault)
    {
        // Whether the topic exists is no business of a client that may not describe it.
        if (!context.Allows(AclOperation.Describe, ResourceType.Topic, name))
            (topic, fault) = (null, ErrorCode.TopicAuthorizationFailed);
        else if (!topics.TryFind(name, out topic))
            fault = TopicName.Check(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException;
        else
            fault = ErrorCode.None;
        return topic is not null;
    }

    private static DescribeTopicPartitionsResponseTopic Refused(string name, ErrorCode error) => new() { Name = name, ErrorCode = error };

    private DescribeTopicPartitionsResponseTopic Describe(Topic topic, IEnumerable<Partition> partitions, RequestContext context)
    {
        int[] self = [options.NodeId];
        return new DescribeTopicPartitionsResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = topic.IsInternal,
            TopicAuthorizedOperations = context.AuthorizedOperations(ResourceType.Topic, topic.Name),
            Partitions = partitions.Select(p => new DescribeTopicPartitionsResponsePartition
            {
                PartitionIndex = p.Index,
                ErrorCode = p.IsOnline ? ErrorCode.None : ErrorCode.LeaderNotAvailable,
                LeaderId = p.IsOnline ? options.NodeId : -1,
                LeaderEpoch = p.LeaderEpoch,
                ReplicaNodes = self,
                IsrNodes = p.IsOnline ? self : [],
                EligibleLeaderReplicas = [],
                LastKnownElr = [],
                OfflineReplicas = p.IsOnline ? [] : self,
            }).ToList(),
        };
    }
}
