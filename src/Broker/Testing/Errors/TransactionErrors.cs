using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Testing.Errors;

/// <summary>Answers to requests about transactions.</summary>
internal static class TransactionErrors
{
    public static IReadOnlyList<ErrorAnswer> Answers { get; } =
    [
        ErrorAnswer.For<InitProducerIdRequest>((_, error) => new InitProducerIdResponse { ErrorCode = error, ProducerEpoch = -1 }),
        ErrorAnswer.For<AddPartitionsToTxnRequest>(AddPartitions),
        ErrorAnswer.For<AddOffsetsToTxnRequest>((_, error) => new AddOffsetsToTxnResponse { ErrorCode = error }),
        ErrorAnswer.For<EndTxnRequest>((_, error) => new EndTxnResponse { ErrorCode = error }),
        ErrorAnswer.For<TxnOffsetCommitRequest>(CommitOffsets),
        ErrorAnswer.For<DescribeProducersRequest>(DescribeProducers),
        ErrorAnswer.For<DescribeTransactionsRequest>((request, error) => new DescribeTransactionsResponse
        {
            TransactionStates = [.. request.TransactionalIds.Select(id => new DescribeTransactionsResponse.DescribedTransaction
            {
                TransactionalId = id,
                ErrorCode = error,
            })],
        }),
        ErrorAnswer.For<ListTransactionsRequest>((_, error) => new ListTransactionsResponse { ErrorCode = error }),
    ];

    private static AddPartitionsToTxnResponse AddPartitions(AddPartitionsToTxnRequest request, ErrorCode error) => new()
    {
        ResultsByTopic = [.. request.Topics.Select(topic => new AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult
        {
            Name = topic.Name,
            ResultsByPartition = [.. topic.Partitions.Select(partition => new AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult
            {
                PartitionIndex = partition,
                PartitionErrorCode = error,
            })],
        })],
    };

    private static TxnOffsetCommitResponse CommitOffsets(TxnOffsetCommitRequest request, ErrorCode error) => new()
    {
        Topics = [.. request.Topics.Select(topic => new TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic
        {
            Name = topic.Name,
            Partitions = [.. topic.Partitions.Select(partition => new TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition
            {
                PartitionIndex = partition.PartitionIndex,
                ErrorCode = error,
            })],
        })],
    };

    private static DescribeProducersResponse DescribeProducers(DescribeProducersRequest request, ErrorCode error) => new()
    {
        Topics = [.. request.Topics.Select(topic => new DescribeProducersResponse.TopicResponse
        {
            Name = topic.Name,
            Partitions = [.. topic.PartitionIndexes.Select(partition => new DescribeProducersResponse.PartitionResponse
            {
                PartitionIndex = partition,
                ErrorCode = error,
            })],
        })],
    };
}
