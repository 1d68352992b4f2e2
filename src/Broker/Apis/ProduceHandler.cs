using System.Diagnostics.CodeAnalysis;
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

    public async ValueTask<ProduceResponse?> HandleAsync(ProduceRequest request, RequestContext context)
    {
        var durable = new List<Task>();
        var answers = new TopicProduceResponse[request.TopicData.Count];
        var joined = Append(request, context, answers, durable);
        foreach (var waiting in durable)
            await waiting.ConfigureAwait(false);
        if (!joined.IsCompletedSuccessfully && await transactions.OnDiskAsync(request.TransactionalId!, joined).ConfigureAwait(false) != ErrorCode.None)
            RefuseAll(answers);

        if (request.Acks != 0)
            return new ProduceResponse { Responses = answers };

        if (answers.Any(t => t.PartitionResponses.Any(p => p.ErrorCode != ErrorCode.None)))
            context.CloseConnection(CloseReason.ProduceWithoutAcksFailed);
        return null;
    }

    /// <returns>Completes when the transaction, if there is one, is on disk as it must be before an answer.</returns>
    private Task Append(ProduceRequest request, RequestContext context, TopicProduceResponse[] answers, List<Task> durable)
    {
        using var writes = TransactionalWrites.Begin(request, context, transactions, topics);
        for (var i = 0; i < answers.Length; i++)
            answers[i] = AppendAll(request.TopicData[i], request.Acks, writes, context, durable);
        return writes.FlushAsync();
    }

    private TopicProduceResponse AppendAll(
        TopicProduceData data, short acks, scoped in TransactionalWrites writes, RequestContext context, List<Task> durable)
    {
        var known = topics.TryFind(data, context.Version, out var topic);
        var allowed = context.Allows(AclOperation.Write, ResourceType.Topic, topic?.Name ?? data.Name);
        var byId = context.Version >= ProducedTopic.FirstWithTopicIds;
        var unknown = byId ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;

        var answers = new PartitionProduceResponse[data.PartitionData.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var part = data.PartitionData[i];
            var answer = answers[i] = new PartitionProduceResponse { Index = part.Index, BaseOffset = -1 };
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
                Append(topic, partition, part.Records ?? Memory<byte>.Empty, acks, writes, context.Version, answer, durable);

            partition?.Counts.Produced(part.Records?.Length ?? 0, answer.ErrorCode);
            if (answer.ErrorCode != ErrorCode.None)
                metrics.Failed(ProduceRequest.ApiKey, answer.ErrorCode);
            else
                context.Activity?.Produced(topic!, part.Records?.Length ?? 0);
        }

        return new TopicProduceResponse { Name = data.Name, TopicId = data.TopicId, PartitionResponses = answers };
    }

    private void Append(
        Topic topic, Partition partition, Memory<byte> batch, short acks, scoped in TransactionalWrites writes, short version,
        PartitionProduceResponse answer, List<Task> durable)
    {
        if (!gate.Admit(topic.Config, batch.Span, version, answer, out var header))
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
            durable.Add(FlushAsync(partition, acks == AllAcks && !topic.Config.WriteCaching ? partition.FlushAsync(result.LastOffset + 1) : partition.AppendedAsync(), answer));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Fail(partition, e, answer);
        }
    }

    private void RefuseAll(TopicProduceResponse[] answers)
    {
        foreach (var answer in answers.SelectMany(t => t.PartitionResponses))
        {
            answer.ErrorCode = ErrorCode.NotEnoughReplicas;
            answer.BaseOffset = -1;
            answer.LogAppendTimeMs = -1;
            metrics.Failed(ProduceRequest.ApiKey, answer.ErrorCode);
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
            partition.Counts.Add(TopicCounter.FailedProduceRequests, 1);
            metrics.Failed(ProduceRequest.ApiKey, answer.ErrorCode);
        }
    }

    /// <summary>Not logged: the log itself says once that it takes no more records, or for now none.</summary>
    private static void Fail(Partition partition, Exception e, PartitionProduceResponse answer)
    {
        answer.ErrorCode = partition.IsDeleted ? ErrorCode.UnknownTopicOrPartition : ErrorCode.KafkaStorageError;
        answer.ErrorMessage = e.Message;
        answer.BaseOffset = -1;
        answer.LogAppendTimeMs = -1;
    }
}

internal static class ProducedTopic
{
    public const short FirstWithTopicIds = 13;

    public static bool TryFind(this TopicCatalog topics, TopicProduceData data, short version, [NotNullWhen(true)] out Topic? topic) =>
        version >= FirstWithTopicIds ? topics.TryFind(data.TopicId, out topic) : topics.TryFind(data.Name, out topic);
}
