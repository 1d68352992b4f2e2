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
internal sealed class FetchHandler(TopicCatalog topics, BrokerOptions options, TimeProvider time, BrokerMetrics metrics, ILogger logger)
{
    private const short FirstWithZstd = 10;
    private const short FirstWithTopicIds = 13;
    private const sbyte ReadCommitted = 1;
    private const int MaxWaitMs = 5 * 60 * 1000;

    public async ValueTask<FetchResponse?> HandleAsync(FetchRequest request, RequestContext context)
    {
        if (request.SessionId != 0)
            return new FetchResponse { ErrorCode = ErrorCode.FetchSessionIdNotFound };

        var read = Read(request, context);
        if (read.IsEnough(request.MinBytes) || request.MaxWaitMs <= 0)
            return context.Limit(read.Response);

        read.Release();
        var maxWait = TimeSpan.FromMilliseconds(Math.Min(request.MaxWaitMs, MaxWaitMs));
        using var wait = new FetchWait(Watched(request, context), maxWait, time, context.Aborted);
        while (true)
        {
            read = Read(request, context);
            if (read.IsEnough(request.MinBytes) || !await wait.NextAsync().ConfigureAwait(false))
                return context.Limit(read.Response);

            read.Release();
        }
    }

    private FetchAttempt Read(FetchRequest request, RequestContext context)
    {
        var attempt = new FetchAttempt(Math.Min(Math.Min(request.MaxBytes, options.FetchMaxBytes), context.MaxFetchBytes()));
        try
        {
            ReadInto(attempt, request, context);
            return attempt;
        }
        catch
        {
            attempt.Release();
            throw;
        }
    }

    private void ReadInto(FetchAttempt attempt, FetchRequest request, RequestContext context)
    {
        var isFollower = request.ReplicaId >= 0 || request.ReplicaState is { ReplicaId: >= 0 };
        foreach (var asked in request.Topics)
        {
            var topic = Find(asked, context.Version);
            var unknown = context.Version >= FirstWithTopicIds ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
            var allowed = topic is null && context.Version >= FirstWithTopicIds
                || context.Allows(AclOperation.Read, ResourceType.Topic, topic?.Name ?? asked.Topic);
            var partitions = new PartitionData[asked.Partitions.Count];
            for (var i = 0; i < partitions.Length; i++)
            {
                partitions[i] =
                    isFollower || !allowed ? NotFound(asked.Partitions[i], ErrorCode.TopicAuthorizationFailed)
                    : topic is null ? NotFound(asked.Partitions[i], unknown)
                    : Read(topic, asked.Partitions[i], request.IsolationLevel, context.Version, attempt);
                if (partitions[i].ErrorCode == ErrorCode.None)
                    continue;

                attempt.HasError = true;
                metrics.Failed(FetchRequest.ApiKey, partitions[i].ErrorCode);
            }

            attempt.Topics.Add(new FetchableTopicResponse { Topic = asked.Topic, TopicId = asked.TopicId, Partitions = partitions });
        }
    }

    private PartitionData Read(Topic topic, FetchPartition asked, sbyte isolationLevel, short version, FetchAttempt attempt)
    {
        if (!topic.TryGetPartition(asked.Partition, out var partition))
            return NotFound(asked, ErrorCode.UnknownTopicOrPartition);
        if (partition.CheckEpoch(asked.CurrentLeaderEpoch) is var fault and not ErrorCode.None)
            return Refused(asked, fault);
        if (partition.Log is not { } log)
            return Refused(asked, ErrorCode.UnknownTopicOrPartition);

        var slice = (LogSlice?)null;
        try
        {
            var committedOnly = isolationLevel == ReadCommitted;
            var end = log.LogEndOffset;
            var stable = Math.Min(log.LastStableOffset, end);
            var data = new PartitionData
            {
                PartitionIndex = asked.Partition,
                HighWatermark = end,
                LastStableOffset = stable,
                LogStartOffset = log.LogStartOffset,
                AbortedTransactions = committedOnly ? [] : null,
            };
            var room = Math.Min(asked.PartitionMaxBytes, attempt.Room);
            slice = log.Read(asked.FetchOffset, Math.Max(room, 0), committedOnly ? stable : end, minOneBatch: attempt.IsEmpty);
            if (slice is not null)
            {
                if (version < FirstWithZstd && slice.HasZstd())
                    return Refused(asked, ErrorCode.UnsupportedCompressionType);
                if (committedOnly)
                    data.AbortedTransactions = AbortedIn(log, slice, asked.FetchOffset, stable);
                data.Records = attempt.Take(slice);
                slice = null;
            }

            return data;
        }
        catch (OffsetOutOfRangeException)
        {
            return Refused(asked, ErrorCode.OffsetOutOfRange);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            if (!partition.IsDeleted)
                logger.ReadFailed(e, partition.ToString(), asked.FetchOffset);
            return Refused(asked, ErrorCode.KafkaStorageError);
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

    private HashSet<Partition> Watched(FetchRequest request, RequestContext context)
    {
        var watched = new HashSet<Partition>();
        foreach (var asked in request.Topics)
        {
            var topic = Find(asked, context.Version);
            foreach (var part in asked.Partitions)
            {
                if (topic is not null && topic.TryGetPartition(part.Partition, out var partition))
                    watched.Add(partition);
            }
        }

        return watched;
    }

    private Topic? Find(FetchTopic asked, short version)
    {
        Topic? topic;
        return (version >= FirstWithTopicIds ? topics.TryFind(asked.TopicId, out topic) : topics.TryFind(asked.Topic, out topic)) ? topic : null;
    }

    private static PartitionData Refused(FetchPartition asked, ErrorCode error) =>
        new() { PartitionIndex = asked.Partition, ErrorCode = error, HighWatermark = -1 };

    /// <summary>Where no log was looked at Apache Kafka lists no aborted transactions; else, without read_committed, it has no list.</summary>
    private static PartitionData NotFound(FetchPartition asked, ErrorCode error)
    {
        var refused = Refused(asked, error);
        refused.AbortedTransactions = [];
        return refused;
    }
}
