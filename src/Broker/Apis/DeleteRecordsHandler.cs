using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.DeleteRecordsRequest;
using static Broker.Protocol.Messages.DeleteRecordsResponse;

namespace Broker.Apis;

/// <summary>DeleteRecords 0-2: the log starts at the given offset afterwards (-1: at its end), durably. Below the start nothing happens.</summary>
internal sealed class DeleteRecordsHandler(TopicCatalog topics)
{
    public ValueTask<DeleteRecordsResponse?> HandleAsync(DeleteRecordsRequest request, RequestContext context) => new(new DeleteRecordsResponse
    {
        Topics = request.Topics.Select(topic => new DeleteRecordsTopicResult
        {
            Name = topic.Name,
            Partitions = context.Allows(AclOperation.Delete, ResourceType.Topic, topic.Name)
                ? topic.Partitions.Select(p => Delete(topic.Name, p)).ToList()
                : topic.Partitions.Select(Refused).ToList(),
        }).ToList(),
    });

    private static DeleteRecordsPartitionResult Refused(DeleteRecordsPartition asked) =>
        new() { PartitionIndex = asked.PartitionIndex, LowWatermark = -1, ErrorCode = ErrorCode.TopicAuthorizationFailed };

    private DeleteRecordsPartitionResult Delete(string name, DeleteRecordsPartition asked)
    {
        var result = new DeleteRecordsPartitionResult { PartitionIndex = asked.PartitionIndex, LowWatermark = -1 };
        if (!topics.TryFind(name, out var topic) || !topic.TryGetPartition(asked.PartitionIndex, out var partition))
            result.ErrorCode = ErrorCode.UnknownTopicOrPartition;
        else if (topic.IsInternal)
            result.ErrorCode = ErrorCode.InvalidTopicException;
        else if (!topic.Config.IsDeleted)
            result.ErrorCode = ErrorCode.PolicyViolation;
        else if (partition.Log is not { } log)
            result.ErrorCode = ErrorCode.KafkaStorageError;
        else if (asked.Offset > log.LogEndOffset || asked.Offset < -1)
            result.ErrorCode = ErrorCode.OffsetOutOfRange;
        else
            Delete(log, asked.Offset, result);
        return result;
    }

    private static void Delete(Storage.PartitionLog log, long offset, DeleteRecordsPartitionResult result)
    {
        try
        {
            var start = offset == -1 ? log.LogEndOffset : offset;
            if (start > log.LogStartOffset)
                log.DeleteRecordsBefore(start);
            result.LowWatermark = log.LogStartOffset;
        }
        catch (IOException)
        {
            result.ErrorCode = ErrorCode.KafkaStorageError;
        }
    }
}
