using Broker.Diagnostics;
using Broker.Records;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Topics;

/// <summary>Where a topic's logs lie in the data directory, and how they are opened, closed and removed.</summary>
/// <param name="directory">Where they lie.</param>
/// <param name="identity">The leader epoch of all of them.</param>
/// <param name="flusher">Brings them to disk.</param>
/// <param name="time">For retention.</param>
/// <param name="logger">The broker's log.</param>
/// <param name="storageLogger">The log of storage.</param>
internal sealed class TopicLogs(
    DataDirectory directory, BrokerIdentity identity, LogFlusher flusher, TimeProvider time, ILogger logger, ILogger storageLogger)
{
    /// <summary>Behind the name of a directory that was in a new topic's way.</summary>
    public const string StraySuffix = "-stray";

    /// <summary>Opens the log of one partition; one that cannot be opened is offline, said in the log.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="index">The partition.</param>
    /// <param name="config">The topic's settings.</param>
    /// <param name="mayCreate">Whether it may have no log yet; else one that is missing is lost, and the partition offline.</param>
    public Partition Open(string topic, int index, TopicConfig config, bool mayCreate)
    {
        var partition = new Partition(topic, index, null, identity.LeaderEpoch, flusher);
        if (TryOpen(partition, config, mayCreate) is { } log)
            partition.Show(log);
        return partition;
    }

    /// <summary>Opens the log of a partition that is offline. Null, and said in the log when it was not before, when it cannot be opened.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="config">Its topic's settings.</param>
    /// <param name="mayCreate">As for <see cref="Open"/>.</param>
    public PartitionLog? TryOpen(Partition partition, TopicConfig config, bool mayCreate)
    {
        try
        {
            return OpenLog(partition.Topic, partition.Index, config, mayCreate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            var waited = partition.WaitsForRoom;
            partition.WaitsForRoom = Shortage.IsCauseOf(e);
            if (!partition.WaitsForRoom)
                logger.PartitionOffline(e, partition.Topic, partition.Index);
            else if (!waited)
                logger.PartitionWaits(e, partition.Topic, partition.Index);
            return null;
        }
    }

    /// <summary>Makes the log of one partition of a topic that is being made.</summary>
    /// <exception cref="IOException">The disk does not do its part.</exception>
    public Partition Make(string topic, int index, TopicConfig config) =>
        new(topic, index, OpenLog(topic, index, config, mayCreate: true), identity.LeaderEpoch, flusher);

    /// <summary>Moves aside what lies where a new partition's log belongs: it is not of this topic, and not ours to delete.</summary>
    public void ClearTheWay(string topic, int index)
    {
        var name = NameOf(topic, index);
        if (!directory.HasLog(name))
            return;

        var aside = $"{name}.{Guid.NewGuid():N}{StraySuffix}";
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
        ProducerIdExpirationMs = config.ProducerIdExpirationMs,
    };

    public static string NameOf(string topic, int index) => $"{topic}-{index}";

    private PartitionLog OpenLog(string topic, int index, TopicConfig config, bool mayCreate) =>
        directory.OpenLog(NameOf(topic, index), LogOptionsOf(config), time, storageLogger, mayCreate);
}
