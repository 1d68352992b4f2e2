using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Testing.Errors;

/// <summary>Answers to requests about records and their offsets.</summary>
internal static class RecordErrors
{
    public static IReadOnlyList<ErrorAnswer> Answers { get; } =
    [
        ErrorAnswer.For<ProduceRequest>(Produce),
        ErrorAnswer.For<FetchRequest>(Fetch),
        ErrorAnswer.For<ListOffsetsRequest>(ListOffsets),
        ErrorAnswer.For<OffsetForLeaderEpochRequest>(EndOfEpoch),
        ErrorAnswer.For<DeleteRecordsRequest>(DeleteRecords),
    ];

    private static object Produce(ProduceRequest request, ErrorCode error) => request.Acks == 0 ? ErrorAnswers.CloseInstead : new ProduceResponse
    {
        Responses = [.. request.TopicData.Select(topic => new ProduceResponse.TopicProduceResponse
        {
            Name = topic.Name,
            TopicId = topic.TopicId,
            PartitionResponses = [.. topic.PartitionData.Select(partition => new ProduceResponse.PartitionProduceResponse
            {
                Index = partition.Index,
                ErrorCode = error,
                BaseOffset = -1,
            })],
        })],
    };

    private static FetchResponse Fetch(FetchRequest request, ErrorCode error) => new()
    {
        Responses = [.. request.Topics.Select(topic => new FetchResponse.FetchableTopicResponse
        {
            Topic = topic.Topic,
            TopicId = topic.TopicId,
            Partitions = [.. topic.Partitions.Select(partition => new FetchResponse.PartitionData
            {
                PartitionIndex = partition.Partition,
                ErrorCode = error,
                HighWatermark = -1,
            })],
        })],
    };

    private static ListOffsetsResponse ListOffsets(ListOffsetsRequest request, ErrorCode error) => new()
    {
        Topics = [.. request.Topics.Select(topic => new ListOffsetsResponse.ListOffsetsTopicResponse
        {
            Name = topic.Name,
            Partitions = [.. topic.Partitions.Select(partition => new ListOffsetsResponse.ListOffsetsPartitionResponse
            {
                PartitionIndex = partition.PartitionIndex,
                ErrorCode = error,
            })],
        })],
    };

    private static OffsetForLeaderEpochResponse EndOfEpoch(OffsetForLeaderEpochRequest request, ErrorCode error) => new()
    {
        Topics = [.. request.Topics.Select(topic => new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult
        {
            Topic = topic.Topic,
            Partitions = [.. topic.Partitions.Select(partition => new OffsetForLeaderEpochResponse.EpochEndOffset
            {
                Partition = partition.Partition,
                ErrorCode = error,
            })],
        })],
    };

    private static DeleteRecordsResponse DeleteRecords(DeleteRecordsRequest request, ErrorCode error) => new()
    {
        Topics = [.. request.Topics.Select(topic => new DeleteRecordsResponse.DeleteRecordsTopicResult
        {
            Name = topic.Name,
            Partitions = [.. topic.Partitions.Select(partition => new DeleteRecordsResponse.DeleteRecordsPartitionResult
            {
                PartitionIndex = partition.PartitionIndex,
                LowWatermark = -1,
                ErrorCode = error,
            })],
        })],
    };
}
