using Broker.Diagnostics;
using Broker.Records;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Topics;

/// <summary>Where a topic's logs lie in the data directory, and how they are opened, closed and removed.</summary>
internal sealed class TopicLogs(DataDirectory directory, BrokerIdentity identity, LogFlusher flusher, TimeProvider time, ILogger logger)
{
    /// <summary>Opens the log of one partition; one that cannot be opened is offline, said in the log.</summary>
    public Partition Open(string topic, int index, TopicConfig config)
    {
        PartitionLog? log = null;
        try
        {
            log = PartitionLog.Open(PathOf(topic, index), LogOptionsOf(config), time, logger);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            logger.PartitionOffline(e, topic, index);
        }

        return new Partition(topic, index, log, identity.LeaderEpoch, flusher);
    }

    /// <summary>Moves aside what lies where a new partition's log belongs: it is not of this topic, and not ours to delete.</summary>
    public void ClearTheWay(string topic, int index)
    {
        var path = PathOf(topic, index);
        if (!Directory.Exists(path))
            return;

        var aside = $"{path}.{Guid.NewGuid():N}-stray";
        Directory.Move(path, aside);
        logger.StrayDirectory(path, aside);
    }

    public void Remove(string topic, int partitions)
    {
        for (var index = 0; index < partitions; index++)
        {
            var path = PathOf(topic, index);
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }
    }

    public static LogOptions LogOptionsOf(TopicConfig config) => new()
    {
        SegmentBytes = config.SegmentBytes,
        SegmentMs = config.SegmentMs,
        IndexIntervalBytes = config.IndexIntervalBytes,
        RetentionMs = config.RetentionMs,
        RetentionBytes = config.RetentionBytes,
        DeletesOldSegments = config.IsDeleted,
        MessageTimestampType = config.LogAppendTime ? TimestampType.LogAppendTime : TimestampType.CreateTime,
        FlushMessages = config.FlushMessages,
        FlushMs = config.FlushMs,
    };

    private string PathOf(string topic, int index) => Path.Combine(directory.Path, $"{topic}-{index}");
}
