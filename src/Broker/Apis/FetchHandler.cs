using Broker.Authorization;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Quotas;
using Broker.Storage;
using Broker.Topics;
using Microsoft.Extensions.Logging;
using static Broker.Protocol.Messages.FetchRequest;
using static Broker.Protocol.Messages.FetchResponse;

namespace Broker.Apis;

/// <summary>
/// Fetch 4-18. Records go out as whole batches as stored, by reference to the log's files. Waits until min_bytes are there, a
/// partition has an error or max_wait is over. Sessions are not kept: the answer is always session 0, which makes the client send
/// everything again. read_committed reads to the last stable offset and is told which transactions of the range were aborted; the
/// records themselves it leaves out. Followers are refused: any client could claim to be one.
/// </summary>
internal sealed class FetchHandler(TopicCatalog topics, BrokerOptions options, BrokerMetrics metrics, ILogger logger)
{
    private const short FirstWithZstd = 10;
    private const short FirstWithTopicIds = 13;
    private const sbyte ReadCommitted = 1;
    private const int MaxWaitMs = 5 * 60 * 1000;

    public static TimeSpan MaxWait(FetchRequest request) => TimeSpan.FromMilliseconds(Math.Min(request.MaxWaitMs, MaxWaitMs));

    /// <summary>One pass over what is asked for, into the exchange's answer.</summary>
    /// <returns>Whether it is enough for an answer now.</returns>
    public bool Read(FetchExchange exchange)
    {
        var (request, response, context, attempt) = (exchange.Request, exchange.Response, exchange.Context, exchange.Attempt);
        attempt.Begin(Math.Min(Math.Min(request.MaxBytes, options.FetchMaxBytes), context.MaxFetchBytes()));
        if (request.SessionId != 0)
        {
            response.ErrorCode = ErrorCode.FetchSessionIdNotFound;
            return true;
        }

        ReadAll(request, response, context, attempt);
        return attempt.IsEnough(request.MinBytes);
    }

    /// <summary>Has the wait watch every partition that is asked for.</summary>
    public void Watch(FetchRequest request, RequestContext context, FetchWait wait)
    {
        for (var t = 0; t < request.Topics.Count; t++)
        {
            var asked = request.Topics[t];
            if (Find(asked, context.Version) is not { } topic)
                continue;

            for (var p = 0; p < asked.Partitions.Count; p++)
            {
                if (topic.TryGetPartition(asked.Partitions[p].Partition, out var partition))
                    wait.Watch(partition);
            }
        }
    }

    private void ReadAll(FetchRequest request, FetchResponse response, RequestContext context, FetchAttempt attempt)
    {
        var isFollower = request.ReplicaId >= 0 || request.ReplicaState is { ReplicaId: >= 0 };
        var topicAnswers = response.Responses.Reused();
        response.Responses = topicAnswers;
        for (var t = 0; t < request.Topics.Count; t++)
        {
            var asked = request.Topics[t];
            var topic = Find(asked, context.Version);
            var unknown = context.Version >= FirstWithTopicIds ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
            var allowed = topic is null && context.Version >= FirstWithTopicIds
                || context.Allows(AclOperation.Read, ResourceType.Topic, topic?.Name ?? asked.Topic);
            var topicAnswer = topicAnswers.Add();
            var answers = topicAnswer.Partitions.Reused();
            (topicAnswer.Topic, topicAnswer.TopicId, topicAnswer.Partitions) = (asked.Topic, asked.TopicId, answers);
            for (var p = 0; p < asked.Partitions.Count; p++)
            {
                var answer = answers.Add();
                answer.PartitionIndex = asked.Partitions[p].Partition;
                if (isFollower || !allowed)
                    NotFound(answer, ErrorCode.TopicAuthorizationFailed);
                else if (topic is null)
                    NotFound(answer, unknown);
                else
                    Read(topic, asked.Partitions[p], request.IsolationLevel, context.Version, attempt, answer);

                if (answer.ErrorCode == ErrorCode.None)
                    continue;
                attempt.HasError = true;
                metrics.Failed(FetchRequest.ApiKey, answer.ErrorCode);
            }
        }
    }

    private void Read(Topic topic, FetchPartition asked, sbyte isolationLevel, short version, FetchAttempt attempt, PartitionData answer)
    {
        if (!topic.TryGetPartition(asked.Partition, out var partition))
            NotFound(answer, ErrorCode.UnknownTopicOrPartition);
        else if (partition.CheckEpoch(asked.CurrentLeaderEpoch) is var fault and not ErrorCode.None)
            Refuse(answer, fault);
        else if (partition.Log is not { } log)
            Refuse(answer, ErrorCode.UnknownTopicOrPartition);
        else
            Read(partition, log, asked, isolationLevel == ReadCommitted, version, attempt, answer);
    }

    private void Read(
        Partition partition, PartitionLog log, FetchPartition asked, bool committedOnly, short version, FetchAttempt attempt, PartitionData answer)
    {
        var slice = (LogSlice?)null;
        try
        {
            var end = log.LogEndOffset;
            var stable = Math.Min(log.LastStableOffset, end);
            var room = Math.Min(asked.PartitionMaxBytes, attempt.Room);
            slice = log.Read(asked.FetchOffset, Math.Max(room, 0), committedOnly ? stable : end, minOneBatch: attempt.IsEmpty);
            if (slice is not null && version < FirstWithZstd && slice.HasZstd())
            {
                Refuse(answer, ErrorCode.UnsupportedCompressionType);
                return;
            }

            (answer.HighWatermark, answer.LastStableOffset, answer.LogStartOffset) = (end, stable, log.LogStartOffset);
            if (committedOnly)
                answer.AbortedTransactions = slice is null ? [] : AbortedIn(log, slice, asked.FetchOffset, stable);
            if (slice is not null)
                answer.Records = attempt.Take(slice);
            slice = null;
        }
        catch (OffsetOutOfRangeException)
        {
            Refuse(answer, ErrorCode.OffsetOutOfRange);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            if (!partition.IsDeleted)
                logger.ReadFailed(e, partition.ToString(), asked.FetchOffset);
            Refuse(answer, ErrorCode.KafkaStorageError);
        }
        finally
        {
            slice?.Dispose();
        }
    }

    /// <summary>Where the slice ends is worth finding out only when something was aborted at all.</summary>
    private static IReadOnlyList<FetchResponse.AbortedTransaction> AbortedIn(PartitionLog log, LogSlice slice, long from, long stable)
    {
        if (log.AbortedTransactions(from, stable).Count == 0)
            return [];

        var aborted = log.AbortedTransactions(from, slice.EndOffset());
        var answer = new FetchResponse.AbortedTransaction[aborted.Count];
        for (var i = 0; i < answer.Length; i++)
            answer[i] = new FetchResponse.AbortedTransaction { ProducerId = aborted[i].ProducerId, FirstOffset = aborted[i].FirstOffset };
        return answer;
    }

    private Topic? Find(FetchTopic asked, short version)
    {
        Topic? topic;
        return (version >= FirstWithTopicIds ? topics.TryFind(asked.TopicId, out topic) : topics.TryFind(asked.Topic, out topic)) ? topic : null;
    }

    /// <summary>Where no log was looked at Apache Kafka lists no aborted transactions; else, without read_committed, it has no list.</summary>
    private static void NotFound(PartitionData answer, ErrorCode error)
    {
        Refuse(answer, error);
        answer.AbortedTransactions = [];
    }

    private static void Refuse(PartitionData answer, ErrorCode error)
    {
        var index = answer.PartitionIndex;
        answer.Reset();
        (answer.PartitionIndex, answer.ErrorCode, answer.HighWatermark) = (index, error, -1);
    }
}
