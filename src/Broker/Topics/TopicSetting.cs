using System.Globalization;
using Broker.Configuration;
using Broker.Protocol;

namespace Broker.Topics;

/// <summary>One setting a topic may override.</summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="Type">As DescribeConfigs tells it.</param>
/// <param name="BrokerName">The broker's setting that stands in when the topic has none; null when only a constant does.</param>
/// <param name="Default">What stands in, from the broker's settings.</param>
/// <param name="Check">Returns what is allowed when the value is not, else null.</param>
internal sealed record TopicSetting(
    string Name, ConfigType Type, string? BrokerName, Func<BrokerOptions, string> Default, Func<string, string?> Check)
{
    /// <summary>The broker's settings that count when <see cref="BrokerName"/> is not set.</summary>
    public IReadOnlyList<string> BrokerFallbacks { get; init; } = [];

    /// <summary>In order of name.</summary>
    public static IReadOnlyList<TopicSetting> All { get; } =
    [
        new("cleanup.policy", ConfigType.List, "log.cleanup.policy", o => o.LogCleanupPolicy, ConfigValues.CheckCleanupPolicy),
        Fixed("compression.gzip.level", ConfigType.Int, "-1", "each codec has one level"),
        Fixed("compression.lz4.level", ConfigType.Int, "9", "each codec has one level"),
        new("compression.type", ConfigType.String, "compression.type", o => o.CompressionType, ConfigValues.CheckCodec),
        Fixed("compression.zstd.level", ConfigType.Int, "3", "each codec has one level"),
        Number("delete.retention.ms", ConfigType.Long, "log.cleaner.delete.retention.ms", o => o.LogCleanerDeleteRetentionMs, 0, long.MaxValue),
        Fixed("file.delete.delay.ms", ConfigType.Long, "0", "files go as soon as nobody reads them", orKafkas: "60000"),
        Number("flush.messages", ConfigType.Long, "log.flush.interval.messages", o => o.LogFlushIntervalMessages, 1, long.MaxValue),
        Number("flush.ms", ConfigType.Long, "log.flush.interval.ms", o => o.LogFlushIntervalMs ?? long.MaxValue, 0, long.MaxValue),
        Fixed("follower.replication.throttled.replicas", ConfigType.List, "", "there are no followers"),
        Number("index.interval.bytes", ConfigType.Int, "log.index.interval.bytes", o => o.LogIndexIntervalBytes, 0, int.MaxValue),
        Fixed("leader.replication.throttled.replicas", ConfigType.List, "", "there are no followers"),
        Fixed("local.retention.bytes", ConfigType.Long, "-2", "there is no tiered storage"),
        Fixed("local.retention.ms", ConfigType.Long, "-2", "there is no tiered storage"),
        Number("max.compaction.lag.ms", ConfigType.Long, "log.cleaner.max.compaction.lag.ms", o => o.LogCleanerMaxCompactionLagMs, 1, long.MaxValue),
        Number("max.message.bytes", ConfigType.Int, "message.max.bytes", o => o.MessageMaxBytes, 0, int.MaxValue),
        Number("message.timestamp.after.max.ms", ConfigType.Long, "log.message.timestamp.after.max.ms", o => o.LogMessageTimestampAfterMaxMs, 0, long.MaxValue),
        Number("message.timestamp.before.max.ms", ConfigType.Long, "log.message.timestamp.before.max.ms", o => o.LogMessageTimestampBeforeMaxMs, 0, long.MaxValue),
        new("message.timestamp.type", ConfigType.String, "log.message.timestamp.type", o => o.LogMessageTimestampType, ConfigValues.CheckTimestampType),
        new(
            "min.cleanable.dirty.ratio", ConfigType.Double, "log.cleaner.min.cleanable.ratio",
            o => ConfigValues.Format(o.LogCleanerMinCleanableRatio), ConfigValues.CheckRatio),
        Number("min.compaction.lag.ms", ConfigType.Long, "log.cleaner.min.compaction.lag.ms", o => o.LogCleanerMinCompactionLagMs, 0, long.MaxValue),
        Fixed("min.insync.replicas", ConfigType.Int, "1", "there is one replica, and a record needs it"),
        new("preallocate", ConfigType.Boolean, "log.preallocate", o => o.LogPreallocate ? "true" : "false", ConfigValues.CheckBoolean),
        Fixed("remote.log.copy.disable", ConfigType.Boolean, "false", "there is no tiered storage"),
        Fixed("remote.log.delete.on.disable", ConfigType.Boolean, "false", "there is no tiered storage"),
        Fixed("remote.storage.enable", ConfigType.Boolean, "false", "there is no tiered storage"),
        Number("retention.bytes", ConfigType.Long, "log.retention.bytes", o => o.LogRetentionBytes, -1, long.MaxValue),
        Number("retention.ms", ConfigType.Long, "log.retention.ms", RetentionMs, -1, long.MaxValue)
            with { BrokerFallbacks = ["log.retention.minutes", "log.retention.hours"] },
        Number("segment.bytes", ConfigType.Int, "log.segment.bytes", o => o.LogSegmentBytes, 1024, int.MaxValue),
        Number("segment.index.bytes", ConfigType.Int, "log.index.size.max.bytes", o => o.LogIndexSizeMaxBytes, 8, int.MaxValue),
        Number("segment.jitter.ms", ConfigType.Long, "log.roll.jitter.ms", o => o.LogRollJitterMs ?? o.LogRollJitterHours * 3_600_000L, 0, long.MaxValue)
            with { BrokerFallbacks = ["log.roll.jitter.hours"] },
        Number("segment.ms", ConfigType.Long, "log.roll.ms", o => o.LogRollMs ?? o.LogRollHours * 3_600_000L, 1, long.MaxValue)
            with { BrokerFallbacks = ["log.roll.hours"] },
        Fixed("unclean.leader.election.enable", ConfigType.Boolean, "false", "there is one replica, which leads"),
        new("write.caching", ConfigType.Boolean, "log.write.caching", o => o.LogWriteCaching ? "true" : "false", ConfigValues.CheckBoolean),
    ];

    private static readonly Dictionary<string, TopicSetting> ByName = All.ToDictionary(s => s.Name, StringComparer.Ordinal);

    /// <summary>Says what is wrong with a setting, or null when the topic may have it.</summary>
    public static string? Refuse(string name, string? value)
    {
        if (!ByName.TryGetValue(name, out var setting))
            return $"{name} is no topic setting of this broker; the nearest one is {All.MinBy(s => EditDistance.Between(name, s.Name))!.Name}.";
        if (value is null)
            return $"{name} has no value.";
        return setting.Check(value) is { } allowed ? $"{name} cannot be \"{value}\"; it takes {allowed}." : null;
    }

    /// <exception cref="TopicFaultException">A topic may not have one of them.</exception>
    public static Dictionary<string, string> Checked(IReadOnlyDictionary<string, string?> configs)
    {
        foreach (var (name, value) in configs)
        {
            if (Refuse(name, value) is { } fault)
                throw new TopicFaultException(ErrorCode.InvalidConfig, fault);
        }

        return configs.ToDictionary(c => c.Key, c => c.Value!);
    }

    public static TopicSetting? Find(string name) => ByName.GetValueOrDefault(name);

    private static TopicSetting Number(string name, ConfigType type, string? brokerName, Func<BrokerOptions, long> read, long min, long max) =>
        new(name, type, brokerName, o => read(o).ToString(CultureInfo.InvariantCulture),
            v => ConfigValues.TryNumber(v, min, max, out _) ? null : $"a whole number from {min} to {max}");

    /// <summary>
    /// A setting of Kafka's that has one value here: tools may send it, or Kafka's own default where that is another, nobody may believe that
    /// a third had an effect.
    /// </summary>
    private static TopicSetting Fixed(string name, ConfigType type, string value, string why, string? orKafkas = null) =>
        new(name, type, BrokerName: null, _ => value, v => v.Trim() is var given && (given == value || given == orKafkas) ? null : $"\"{value}\": {why}");

    private static long RetentionMs(BrokerOptions options) =>
        options.LogRetentionMs
        ?? (options.LogRetentionMinutes is { } minutes ? InMs(minutes, 60_000) : InMs(options.LogRetentionHours, 3_600_000));

    private static long InMs(int units, long unitMs) => units < 0 ? -1 : units * unitMs;
}
