using Broker.Authorization;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage;
using Broker.Topics;
using Microsoft.Extensions.Logging;
using static Broker.Protocol.Messages.ProduceRequest;
using static Broker.Protocol.Messages.ProduceResponse;

namespace Broker.Apis;

/// <summary>
/// Produce 3-13; 0-2 are announced for old clients that compare versions exactly, and close the connection as Kafka does.
/// Everything is appended before the first wait, in the order of the requests. acks=all answers when the records are on disk
/// (under write.caching when they are written), acks=1 when they are written, acks=0 never; a failure under acks=0 closes the connection.
/// Transactional batches are refused.
/// </summary>
internal sealed class ProduceHandler(TopicCatalog topics, BatchGate gate, BrokerMetrics metrics, ILogger logger)
{
    private const short AllAcks = -1;

    public async ValueTask<ProduceResponse?> HandleAsync(ProduceRequest request, RequestContext context)
    {
        var mayBeTransactional = !context.DeniesTransaction(request);
        var durable = new List<Task>();
        var answers = new TopicProduceResponse[request.TopicData.Count];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = AppendAll(request.TopicData[i], request.Acks, mayBeTransactional, context, durable);

        foreach (var waiting in durable)
            await waiting.ConfigureAwait(false);

        if (request.Acks != 0)
            return new ProduceResponse { Responses = answers };

        if (answers.Any(t => t.PartitionResponses.Any(p => p.ErrorCode != ErrorCode.None)))
            context.CloseConnection(CloseReason.ProduceWithoutAcksFailed);
        return null;
    }

    private TopicProduceResponse AppendAll(TopicProduceData data, short acks, bool mayBeTransactional, RequestContext context, List<Task> durable)
    {
        var byId = context.Version >= 13;
        Topic? topic;
        var known = byId ? topics.TryFind(data.TopicId, out topic) : topics.TryFind(data.Name, out topic);
        var allowed = context.Allows(AclOperation.Write, ResourceType.Topic, topic?.Name ?? data.Name);
        var unknown = byId ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;

        var answers = new PartitionProduceResponse[data.PartitionData.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var part = data.PartitionData[i];
            var answer = answers[i] = new PartitionProduceResponse { Index = part.Index, BaseOffset = -1 };
            if (acks is < AllAcks or > 1)
                answer.ErrorCode = ErrorCode.InvalidRequiredAcks;
            else if (!mayBeTransactional)
                answer.ErrorCode = ErrorCode.TransactionalIdAuthorizationFailed;
            else if (!allowed && (known || !byId))
                answer.ErrorCode = ErrorCode.TopicAuthorizationFailed;
            else if (!known)
                answer.ErrorCode = unknown;
            else if (!topic!.TryGetPartition(part.Index, out var partition))
                answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            else if (topic.IsInternal)
                answer.ErrorCode = ErrorCode.InvalidTopicException;
            else
                Append(topic, partition, part.Records ?? Memory<byte>.Empty, acks, context.Version, answer, durable);

            if (answer.ErrorCode != ErrorCode.None)
                metrics.Failed(ProduceRequest.ApiKey, answer.ErrorCode);
        }

        return new TopicProduceResponse { Name = data.Name, TopicId = data.TopicId, PartitionResponses = answers };
    }

    private void Append(
        Topic topic, Partition partition, Memory<byte> batch, short acks, short version, PartitionProduceResponse answer, List<Task> durable)
    {
        if (!gate.Admit(topic.Config, batch.Span, version, answer))
            return;

        try
        {
            var result = partition.Append(batch);
            answer.ErrorCode = result.Outcome.ToErrorCode();
            answer.LogStartOffset = result.LogStartOffset;
            if (answer.ErrorCode != ErrorCode.None)
                return;

            answer.BaseOffset = result.BaseOffset;
            answer.LogAppendTimeMs = result.LogAppendTime;
            if (result.Outcome == AppendOutcome.Appended)
                metrics.Appended(batch.Length);
            durable.Add(FlushAsync(partition, acks == AllAcks && !topic.Config.WriteCaching ? partition.FlushAsync(result.LastOffset + 1) : partition.AppendedAsync(), answer));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Fail(partition, e, answer);
        }
    }

    private async Task FlushAsync(Partition partition, Task flushing, PartitionProduceResponse answer)
    {
        try
        {
            await flushing.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Fail(partition, e, answer);
            metrics.Failed(ProduceRequest.ApiKey, answer.ErrorCode);
        }
    }

    private void Fail(Partition partition, Exception e, PartitionProduceResponse answer)
    {
        if (!partition.IsDeleted)
            logger.PartitionFailed(e, partition.ToString());
        answer.ErrorCode = partition.IsDeleted ? ErrorCode.UnknownTopicOrPartition : ErrorCode.KafkaStorageError;
        answer.ErrorMessage = e.Message;
        answer.BaseOffset = -1;
        answer.LogAppendTimeMs = -1;
    }
}
