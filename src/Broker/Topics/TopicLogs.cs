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
            log = OpenLog(topic, index, config);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            logger.PartitionOffline(e, topic, index);
        }

        return new Partition(topic, index, log, identity.LeaderEpoch, flusher);
    }

    /// <summary>Makes the log of one partition of a topic that is being made.</summary>
    /// <exception cref="IOException">The disk does not do its part.</exception>
    public Partition Make(string topic, int index, TopicConfig config) =>
        new(topic, index, OpenLog(topic, index, config), identity.LeaderEpoch, flusher);

    /// <summary>Moves aside what lies where a new partition's log belongs: it is not of this topic, and not ours to delete.</summary>
    public void ClearTheWay(string topic, int index)
    {
        var name = NameOf(topic, index);
        if (!directory.HasLog(name))
            return;

        var aside = $"{name}.{Guid.NewGuid():N}-stray";
        directory.RenameLog(name, aside);
        logger.StrayDirectory(name, aside);
    }

    public void Remove(string topic, int from, int to)
    {
        for (var index = from; index < to; index++)
            directory.DeleteLog(NameOf(topic, index));
    }

    public static LogOptions LogOptionsOf(TopicConfig config) => new()
    {
        SegmentBytes = config.SegmentBytes,
        SegmentMs = config.SegmentMs,
        SegmentJitterMs = config.SegmentJitterMs,
        SegmentIndexBytes = config.SegmentIndexBytes,
        IndexIntervalBytes = config.IndexIntervalBytes,
        CompactsSegments = config.IsCompacted,
        MinCleanableDirtyRatio = config.MinCleanableDirtyRatio,
        MinCompactionLagMs = config.MinCompactionLagMs,
        MaxCompactionLagMs = config.MaxCompactionLagMs,
        DeleteRetentionMs = config.DeleteRetentionMs,
        RetentionMs = config.RetentionMs,
        RetentionBytes = config.RetentionBytes,
        DeletesOldSegments = config.IsDeleted,
        MessageTimestampType = config.LogAppendTime ? TimestampType.LogAppendTime : TimestampType.CreateTime,
        FlushMessages = config.FlushMessages,
        FlushMs = config.FlushMs,
        Preallocate = config.Preallocate,
    };

    private PartitionLog OpenLog(string topic, int index, TopicConfig config) =>
        directory.OpenLog(NameOf(topic, index), LogOptionsOf(config), time, logger);

    private static string NameOf(string topic, int index) => $"{topic}-{index}";
}
