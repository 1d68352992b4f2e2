using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.OffsetForLeaderEpochRequest;
using static Broker.Protocol.Messages.OffsetForLeaderEpochResponse;

namespace Broker.Apis;

/// <summary>OffsetForLeaderEpoch 2-4: where an epoch ended, so that a consumer sees whether its position outlived a restart.</summary>
internal sealed class OffsetForLeaderEpochHandler(TopicCatalog topics)
{
    public ValueTask<OffsetForLeaderEpochResponse?> HandleAsync(OffsetForLeaderEpochRequest request, RequestContext context) => new(new OffsetForLeaderEpochResponse
    {
        Topics = request.Topics.Select(topic => new OffsetForLeaderTopicResult
        {
            Topic = topic.Topic,
            Partitions = !MayDescribe(topic.Topic, context)
                ? topic.Partitions.Select(p => new EpochEndOffset { Partition = p.Partition, ErrorCode = ErrorCode.TopicAuthorizationFailed }).ToList()
                : topic.Partitions.Select(p => Answer(topics.FindPartition(topic.Topic, p.Partition), p)).ToList(),
        }).ToList(),
    });

    /// <summary>Once an API between brokers, it is still open to who may act as one.</summary>
    private static bool MayDescribe(string topic, RequestContext context) =>
        context.Shows(AclOperation.ClusterAction, ResourceType.Cluster, AclBinding.ClusterName)
        || context.Allows(AclOperation.Describe, ResourceType.Topic, topic);

    private static EpochEndOffset Answer(Partition? partition, OffsetForLeaderPartition asked)
    {
        var answer = new EpochEndOffset
        {
            Partition = asked.Partition,
            ErrorCode = partition?.CheckEpoch(asked.CurrentLeaderEpoch) ?? ErrorCode.UnknownTopicOrPartition,
        };
        if (answer.ErrorCode != ErrorCode.None)
            return answer;

        try
        {
            (answer.LeaderEpoch, answer.EndOffset) = partition!.EndOfEpoch(asked.LeaderEpoch);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            answer.ErrorCode = ErrorCode.KafkaStorageError;
        }

        return answer;
    }
}
