using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.DescribeProducersResponse;

namespace Broker.Apis;

/// <summary>DescribeProducers 0: who wrote to a partition with a producer id, and where its open transaction began.</summary>
internal sealed class DescribeProducersHandler(TopicCatalog topics)
{
    public ValueTask<DescribeProducersResponse?> HandleAsync(DescribeProducersRequest request, RequestContext context) => new(new DescribeProducersResponse
    {
        Topics = [.. request.Topics.Select(topic => new TopicResponse
        {
            Name = topic.Name,
            Partitions = context.Allows(AclOperation.Read, ResourceType.Topic, topic.Name)
                ? [.. topic.PartitionIndexes.Select(index => Describe(topics.FindPartition(topic.Name, index), index))]
                : [.. topic.PartitionIndexes.Select(index => new PartitionResponse { PartitionIndex = index, ErrorCode = ErrorCode.TopicAuthorizationFailed })],
        })],
    });

    private static PartitionResponse Describe(Partition? partition, int index)
    {
        if (partition is null)
            return new PartitionResponse { PartitionIndex = index, ErrorCode = ErrorCode.UnknownTopicOrPartition };
        if (partition.Log is not { } log)
            return new PartitionResponse { PartitionIndex = index, ErrorCode = ErrorCode.KafkaStorageError };

        return new PartitionResponse
        {
            PartitionIndex = index,
            ActiveProducers = [.. log.ActiveProducers().Select(producer => new ProducerState
            {
                ProducerId = producer.ProducerId,
                ProducerEpoch = producer.ProducerEpoch,
                LastSequence = producer.LastSequence,
                LastTimestamp = producer.LastTimestamp,
                CoordinatorEpoch = producer.CoordinatorEpoch,
                CurrentTxnStartOffset = producer.TransactionStartOffset,
            })],
        };
    }
}
