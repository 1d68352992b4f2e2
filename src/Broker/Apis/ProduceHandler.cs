using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Broker.Authorization;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage;
using Broker.Topics;
using Broker.Transactions;
using static Broker.Protocol.Messages.ProduceRequest;
using static Broker.Protocol.Messages.ProduceResponse;

namespace Broker.Apis;

/// <summary>
/// Produce 3-13; 0-2 are announced for old clients that compare versions exactly, and close the connection as Kafka does.
/// Everything is appended before the first wait, in the order of the requests. acks=all answers when the records are on disk
/// (under write.caching when they are written), acks=1 when they are written, acks=0 never; a failure under acks=0 closes the connection.
/// Transactional batches: see <see cref="TransactionalWrites"/>.
/// </summary>
internal sealed class ProduceHandler(TopicCatalog topics, TransactionCoordinator transactions, BatchGate gate, BrokerMetrics metrics)
{
    private const short AllAcks = -1;

    /// <summary>Appends everything, in order.</summary>
    /// <returns>Completes when the transaction, if there is one, is on disk as it must be before an answer.</returns>
    public Task AppendAll(ProduceExchange exchange)
    {
        var (request, context, response) = (exchange.Request, exchange.Context, exchange.Response);
        var answers = response.Responses.Reused();
        response.Responses = answers;
        using var writes = TransactionalWrites.Begin(request, context, transactions, topics);
        for (var i = 0; i < request.TopicData.Count; i++)
            AppendAll(request.TopicData[i], answers.Add(), writes, exchange);
        return writes.FlushAsync();
    }

    /// <summary>What becomes of the transaction that <see cref="AppendAll(ProduceExchange)"/> spoke of.</summary>
    public ValueTask<ErrorCode> OnDiskAsync(string transactionalId, Task joining) => transactions.OnDiskAsync(transactionalId, joining);

    /// <summary>The answer, when nothing is waited for any more; null where none is expected.</summary>
    public ProduceResponse? Answer(ProduceExchange exchange)
    {
        foreach (var flush in exchange.Flushes)
        {
            if (flush.Failure is { } failure)
                Fail(flush.Partition, failure, flush.Answer);
        }

        if (exchange.Joined != ErrorCode.None)
            RefuseAll(exchange.Response.Responses);
        if (exchange.Request.Acks != 0)
            return exchange.Response;

        if (HasError(exchange.Response.Responses))
            exchange.Context.CloseConnection(CloseReason.ProduceWithoutAcksFailed);
        return null;
    }

    private void AppendAll(TopicProduceData data, TopicProduceResponse topicAnswer, scoped in TransactionalWrites writes, ProduceExchange exchange)
    {
        var (context, acks) = (exchange.Context, exchange.Request.Acks);
        var known = topics.TryFind(data, context.Version, out var topic);
        var allowed = context.Allows(AclOperation.Write, ResourceType.Topic, topic?.Name ?? data.Name);
        var byId = context.Version >= ProducedTopic.FirstWithTopicIds;
        var unknown = byId ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;

        var answers = topicAnswer.PartitionResponses.Reused();
        (topicAnswer.Name, topicAnswer.TopicId, topicAnswer.PartitionResponses) = (data.Name, data.TopicId, answers);
        for (var i = 0; i < data.PartitionData.Count; i++)
        {
            var part = data.PartitionData[i];
            var answer = answers.Add();
            (answer.Index, answer.BaseOffset) = (part.Index, -1);
            Partition? partition = null;
            if (acks is < AllAcks or > 1)
                answer.ErrorCode = ErrorCode.InvalidRequiredAcks;
            else if (writes.IsDenied)
                answer.ErrorCode = ErrorCode.TransactionalIdAuthorizationFailed;
            else if (!allowed && (known || !byId))
                answer.ErrorCode = ErrorCode.TopicAuthorizationFailed;
            else if (!known)
                answer.ErrorCode = unknown;
            else if (!topic!.TryGetPartition(part.Index, out partition))
                answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            else if (topic.IsInternal)
                answer.ErrorCode = ErrorCode.InvalidTopicException;
            else
                Append(topic, partition, part.Records ?? Memory<byte>.Empty, writes, answer, exchange);

            partition?.Counts.Produced(part.Records?.Length ?? 0, answer.ErrorCode);
            if (answer.ErrorCode != ErrorCode.None)
                metrics.Failed(ProduceRequest.ApiKey, answer.ErrorCode);
            else
                context.Activity?.Produced(topic!, part.Records?.Length ?? 0);
        }
    }

    private void Append(
        Topic topic, Partition partition, Memory<byte> batch, scoped in TransactionalWrites writes, PartitionProduceResponse answer, ProduceExchange exchange)
    {
        if (!gate.Admit(topic.Config, batch.Span, exchange.Context.Version, answer, out var header))
            return;
        answer.ErrorCode = writes.Check(header, partition);
        if (answer.ErrorCode != ErrorCode.None || !BatchGate.TryRecompress(topic.Config, ref batch, header, answer))
            return;

        try
        {
            var result = partition.Append(batch, writes.MustStartAtZero(header));
            answer.ErrorCode = result.Outcome.ToErrorCode();
            answer.LogStartOffset = result.LogStartOffset;
            if (answer.ErrorCode != ErrorCode.None)
                return;

            answer.BaseOffset = result.BaseOffset;
            answer.LogAppendTimeMs = result.LogAppendTime;
            if (result.Outcome == AppendOutcome.Appended)
                metrics.Appended();
            exchange.AwaitFlush(
                partition, answer, exchange.Request.Acks == AllAcks && !topic.Config.WriteCaching ? result.LastOffset + 1 : null);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Refuse(partition, e, answer);
        }
    }

    private void RefuseAll(IReadOnlyList<TopicProduceResponse> topicAnswers)
    {
        foreach (var answer in topicAnswers.SelectMany(t => t.PartitionResponses))
        {
            Refuse(answer, ErrorCode.NotEnoughReplicas);
            metrics.Failed(ProduceRequest.ApiKey, answer.ErrorCode);
        }
    }

    /// <summary>As <see cref="Refuse(Partition, Exception, PartitionProduceResponse)"/>, for what had been appended.</summary>
    private void Fail(Partition partition, Exception e, PartitionProduceResponse answer)
    {
        if (e is not (IOException or ObjectDisposedException))
            ExceptionDispatchInfo.Throw(e);
        Refuse(partition, e, answer);
        partition.Counts.Add(TopicCounter.FailedProduceRequests, 1);
        metrics.Failed(ProduceRequest.ApiKey, answer.ErrorCode);
    }

    /// <summary>Not logged: the log itself says once that it takes no more records, or for now none.</summary>
    private static void Refuse(Partition partition, Exception e, PartitionProduceResponse answer)
    {
        Refuse(answer, partition.IsDeleted ? ErrorCode.UnknownTopicOrPartition : ErrorCode.KafkaStorageError);
        answer.ErrorMessage = e.Message;
    }

    private static void Refuse(PartitionProduceResponse answer, ErrorCode error)
    {
        answer.ErrorCode = error;
        answer.BaseOffset = -1;
        answer.LogAppendTimeMs = -1;
    }

    private static bool HasError(IReadOnlyList<TopicProduceResponse> topicAnswers)
    {
        for (var t = 0; t < topicAnswers.Count; t++)
        {
            var answers = topicAnswers[t].PartitionResponses;
            for (var p = 0; p < answers.Count; p++)
            {
                if (answers[p].ErrorCode != ErrorCode.None)
                    return true;
            }
        }

        return false;
    }
}

internal static class ProducedTopic
{
    public const short FirstWithTopicIds = 13;

    public static bool TryFind(this TopicCatalog topics, TopicProduceData data, short version, [NotNullWhen(true)] out Topic? topic) =>
        version >= FirstWithTopicIds ? topics.TryFind(data.TopicId, out topic) : topics.TryFind(data.Name, out topic);
}
