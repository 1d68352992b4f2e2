using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Storage;
using Broker.Topics;
using static Broker.Protocol.Messages.ListOffsetsRequest;
using static Broker.Protocol.Messages.ListOffsetsResponse;

namespace Broker.Apis;

/// <summary>
/// ListOffsets 1-11: by timestamp, latest (-1), earliest (-2), the greatest timestamp (-3, from version 7).
/// Nothing is tiered: -4 is the earliest, -5 and -6 have no answer (-1). For read_committed nothing lies behind the last stable offset.
/// </summary>
internal sealed class ListOffsetsHandler(TopicCatalog topics)
{
    private const sbyte ReadCommitted = 1;
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;
    private const long EarliestPendingUpload = -6;

    public ValueTask<ListOffsetsResponse?> HandleAsync(ListOffsetsRequest request, RequestContext context) => new(new ListOffsetsResponse
    {
        Topics = request.Topics.Select(topic => new ListOffsetsTopicResponse
        {
            Name = topic.Name,
            Partitions = !context.Allows(AclOperation.Describe, ResourceType.Topic, topic.Name)
                ? topic.Partitions.Select(p => new ListOffsetsPartitionResponse { PartitionIndex = p.PartitionIndex, ErrorCode = ErrorCode.TopicAuthorizationFailed }).ToList()
                : topic.Partitions.Select(p => Answer(topics.FindPartition(topic.Name, p.PartitionIndex), p, request.IsolationLevel, context.Version)).ToList(),
        }).ToList(),
    });

    private static ListOffsetsPartitionResponse Answer(Partition? partition, ListOffsetsPartition asked, sbyte isolationLevel, short version)
    {
        var answer = new ListOffsetsPartitionResponse { PartitionIndex = asked.PartitionIndex };
        if (partition is null)
            answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
        else if (asked.Timestamp < EarliestPendingUpload || (asked.Timestamp < Earliest && version < FirstVersionWith(asked.Timestamp)))
            answer.ErrorCode = ErrorCode.UnsupportedVersion;
        else
            answer.ErrorCode = partition.CheckEpoch(asked.CurrentLeaderEpoch);

        if (answer.ErrorCode != ErrorCode.None)
            return answer;

        try
        {
            Find(partition!, asked.Timestamp, isolationLevel, answer);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            answer.ErrorCode = ErrorCode.KafkaStorageError;
        }

        return answer;
    }

    private static void Find(Partition partition, long timestamp, sbyte isolationLevel, ListOffsetsPartitionResponse answer)
    {
        var log = partition.Log ?? throw new PartitionOfflineException(partition);
        var end = isolationLevel == ReadCommitted ? log.LastStableOffset : log.LogEndOffset;
        switch (timestamp)
        {
            case Latest:
                answer.Offset = end;
                answer.LeaderEpoch = partition.LeaderEpoch;
                break;
            case Earliest or EarliestLocal:
                answer.Offset = log.LogStartOffset;
                answer.LeaderEpoch = partition.EpochAt(answer.Offset);
                break;
            case LatestTiered or EarliestPendingUpload:
                break;
            default:
                if ((timestamp == MaxTimestamp ? log.MaxTimestamp() : log.FindByTimestamp(timestamp)) is OffsetAndTimestamp found && found.Offset < end)
                {
                    answer.Offset = found.Offset;
                    answer.Timestamp = found.Timestamp;
                    answer.LeaderEpoch = found.LeaderEpoch;
                }

                break;
        }
    }

    private static short FirstVersionWith(long timestamp) => timestamp switch
    {
        MaxTimestamp => 7,
        EarliestLocal => 8,
        LatestTiered => 9,
        _ => 11,
    };
}
