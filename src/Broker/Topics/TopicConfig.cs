using System.Collections.Frozen;
using System.Globalization;
using Broker.Configuration;
using Broker.Records;

namespace Broker.Topics;

/// <summary>A topic's settings: its own and, where it has none, the broker's. Immutable; a change makes a new one.</summary>
internal sealed class TopicConfig
{
    private readonly BrokerOptions _broker;

    public TopicConfig(BrokerOptions broker, IEnumerable<KeyValuePair<string, string>> overrides)
    {
        _broker = broker;
        Overrides = overrides.ToFrozenDictionary(StringComparer.Ordinal);
        var policies = this["cleanup.policy"].Split(',', StringSplitOptions.TrimEntries);
        IsCompacted = policies.Contains("compact");
        IsDeleted = policies.Contains("delete");
        Compression = ConfigValues.Codec(this["compression.type"]);
        LogAppendTime = this["message.timestamp.type"] == "LogAppendTime";
        TimestampBeforeMaxMs = Number("message.timestamp.before.max.ms");
        TimestampAfterMaxMs = Number("message.timestamp.after.max.ms");
        MaxMessageBytes = (int)Number("max.message.bytes");
        RetentionMs = Number("retention.ms");
        RetentionBytes = Number("retention.bytes");
        SegmentBytes = (int)Number("segment.bytes");
        SegmentMs = Number("segment.ms");
        SegmentJitterMs = Number("segment.jitter.ms");
        SegmentIndexBytes = (int)Number("segment.index.bytes");
        MinCleanableDirtyRatio = double.Parse(this["min.cleanable.dirty.ratio"], CultureInfo.InvariantCulture);
        MinCompactionLagMs = Number("min.compaction.lag.ms");
        MaxCompactionLagMs = Number("max.compaction.lag.ms");
        DeleteRetentionMs = Number("delete.retention.ms");
        IndexIntervalBytes = (int)Number("index.interval.bytes");
        FlushMessages = Number("flush.messages");
        FlushMs = Number("flush.ms");
        Preallocate = bool.Parse(this["preallocate"]);
        WriteCaching = bool.Parse(this["write.caching"]);
    }

    /// <summary>What was set on the topic itself.</summary>
    public FrozenDictionary<string, string> Overrides { get; }

    /// <summary>Every record needs a key.</summary>
    public bool IsCompacted { get; }

    /// <summary>Old segments may be deleted.</summary>
    public bool IsDeleted { get; }

    /// <summary>The codec that batches are stored in; null as they come.</summary>
    public CompressionType? Compression { get; }

    public bool LogAppendTime { get; }

    /// <summary>How far a record's own timestamp may be behind the clock, in milliseconds.</summary>
    public long TimestampBeforeMaxMs { get; }

    /// <summary>How far a record's own timestamp may be ahead of the clock, in milliseconds.</summary>
    public long TimestampAfterMaxMs { get; }

    public int MaxMessageBytes { get; }

    public long RetentionMs { get; }

    public long RetentionBytes { get; }

    public int SegmentBytes { get; }

    public long SegmentMs { get; }

    public long SegmentJitterMs { get; }

    public int SegmentIndexBytes { get; }

    public double MinCleanableDirtyRatio { get; }

    public long MinCompactionLagMs { get; }

    public long MaxCompactionLagMs { get; }

    public long DeleteRetentionMs { get; }

    public int IndexIntervalBytes { get; }

    public long FlushMessages { get; }

    public long FlushMs { get; }

    public bool Preallocate { get; }

    /// <summary>acks=all waits for the write, not for the disk.</summary>
    public bool WriteCaching { get; }

    /// <summary>Of the broker alone, as in Kafka.</summary>
    public long ProducerIdExpirationMs => _broker.ProducerIdExpirationMs;

    public string this[string name] =>
        Overrides.GetValueOrDefault(name) ?? TopicSetting.Find(name)!.Default(_broker);

    public TopicConfig With(IEnumerable<KeyValuePair<string, string>> overrides) => new(_broker, overrides);

    public TopicConfig Under(BrokerOptions broker) => new(broker, Overrides);

    private long Number(string name) => long.Parse(this[name], CultureInfo.InvariantCulture);
}
