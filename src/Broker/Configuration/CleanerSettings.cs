namespace Broker.Configuration;

/// <summary>The broker's settings about compaction.</summary>
internal static class CleanerSettings
{
    public static IReadOnlyList<BrokerSetting> All { get; } =
    [
        BrokerSetting.Flag("log.cleaner.enable", o => o.LogCleanerEnable, (o, v) => o.LogCleanerEnable = v),
        BrokerSetting.Int64("log.cleaner.backoff.ms", 1, uint.MaxValue - 1L, o => o.LogCleanerBackoffMs, (o, v) => o.LogCleanerBackoffMs = v),
        BrokerSetting.Int64("log.cleaner.dedupe.buffer.size", 1024, long.MaxValue, o => o.LogCleanerDedupeBufferSize, (o, v) => o.LogCleanerDedupeBufferSize = v),
        BrokerSetting.Fraction(
            "log.cleaner.io.buffer.load.factor", "a number from 0.1 to 0.95", v => v is >= 0.1 and <= 0.95,
            o => o.LogCleanerIoBufferLoadFactor, (o, v) => o.LogCleanerIoBufferLoadFactor = v),
        BrokerSetting.Fraction(
            "log.cleaner.min.cleanable.ratio", "a number from 0 to 1", v => v is >= 0 and <= 1,
            o => o.LogCleanerMinCleanableRatio, (o, v) => o.LogCleanerMinCleanableRatio = v),
        BrokerSetting.Int64("log.cleaner.delete.retention.ms", 0, long.MaxValue, o => o.LogCleanerDeleteRetentionMs, (o, v) => o.LogCleanerDeleteRetentionMs = v),
        BrokerSetting.Int64("log.cleaner.min.compaction.lag.ms", 0, long.MaxValue, o => o.LogCleanerMinCompactionLagMs, (o, v) => o.LogCleanerMinCompactionLagMs = v),
        BrokerSetting.Int64("log.cleaner.max.compaction.lag.ms", 1, long.MaxValue, o => o.LogCleanerMaxCompactionLagMs, (o, v) => o.LogCleanerMaxCompactionLagMs = v),
    ];
}
