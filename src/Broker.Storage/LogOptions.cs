using Broker.Records;

namespace Broker.Storage;

/// <summary>A topic's settings that concern its logs: Kafka's names and defaults.</summary>
public sealed record LogOptions
{
    /// <summary><c>segment.bytes</c>: a segment is closed before it would grow beyond this. At most 2 GiB - 1, default 1 GiB.</summary>
    public int SegmentBytes { get; init; } = 1024 * 1024 * 1024;

    /// <summary><c>segment.ms</c>: a segment is closed when its records span more than this, in milliseconds. Default 7 days.</summary>
    public long SegmentMs { get; init; } = (long)TimeSpan.FromDays(7).TotalMilliseconds;

    /// <summary><c>segment.jitter.ms</c>: each segment is closed earlier than <see cref="SegmentMs"/> by a random part of this, in milliseconds. Default 0.</summary>
    public long SegmentJitterMs { get; init; }

    /// <summary><c>segment.index.bytes</c>: a segment is closed before its offset index outgrows this. Default 10 MiB.</summary>
    public int SegmentIndexBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary><c>index.interval.bytes</c>: one index entry per this many bytes of log. Default 4096.</summary>
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary><c>retention.ms</c>: segments whose newest record is older are deleted; -1 is never. Default 7 days.</summary>
    public long RetentionMs { get; init; } = (long)TimeSpan.FromDays(7).TotalMilliseconds;

    /// <summary><c>retention.bytes</c>: oldest segments beyond this total are deleted; -1, the default, is never.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary>Whether <c>cleanup.policy</c> contains <c>delete</c>; without it only <see cref="PartitionLog.DeleteRecordsBefore"/> removes segments.</summary>
    public bool DeletesOldSegments { get; init; } = true;

    /// <summary>Whether <c>cleanup.policy</c> contains <c>compact</c>: whoever compacts logs is to compact this one. Default false.</summary>
    public bool CompactsSegments { get; init; }

    /// <summary><c>min.cleanable.dirty.ratio</c>: compaction is due when more than this share of the log is dirty, 0 to 1. Default 0.5.</summary>
    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    /// <summary><c>min.compaction.lag.ms</c>: a record stays for at least this long, in milliseconds. Default 0.</summary>
    public long MinCompactionLagMs { get; init; }

    /// <summary><c>max.compaction.lag.ms</c>: a record is compacted after at most this, however little is dirty, in milliseconds. Default: no such limit.</summary>
    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    /// <summary><c>delete.retention.ms</c>: how long compaction keeps a tombstone, in milliseconds. Default 24 hours.</summary>
    public long DeleteRetentionMs { get; init; } = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    /// <summary><c>message.timestamp.type</c>. LogAppendTime overwrites what the producer wrote. Default CreateTime.</summary>
    public TimestampType MessageTimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary><c>flush.messages</c>: fsync once this many records are waiting for one. Default: never for this reason.</summary>
    public long FlushMessages { get; init; } = long.MaxValue;

    /// <summary><c>flush.ms</c>: fsync no later than this after an append, in milliseconds. Default: never for this reason.</summary>
    public long FlushMs { get; init; } = long.MaxValue;

    /// <summary>
    /// <c>preallocate</c>: room for a whole segment is set aside when it is begun, and what is left of it given back when it is closed. The
    /// file's length says what is written all the same. Does nothing where the file system cannot. Default false.
    /// </summary>
    public bool Preallocate { get; init; }

    /// <summary><c>producer.id.expiration.ms</c>: a producer silent for longer is forgotten. Default 24 hours.</summary>
    public long ProducerIdExpirationMs { get; init; } = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    /// <summary>Age at which a segment is closed, before jitter: a record must be in a sealed segment when its compaction falls due.</summary>
    internal long MaxSegmentMs => CompactsSegments && MaxCompactionLagMs > 0 ? Math.Min(SegmentMs, MaxCompactionLagMs) : SegmentMs;
}
