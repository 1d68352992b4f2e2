using Broker.Groups.Consumer;

namespace Broker.Configuration;

/// <summary>The one list of settings: Kafka's name, the property it fills, what it takes.</summary>
internal static class BrokerSettings
{
    public static IReadOnlyList<BrokerSetting> All { get; } =
    [
        BrokerSetting.Text("listeners", o => o.Listeners, (o, v) => o.Listeners = v, ListenerAddress.Check),
        BrokerSetting.Text("advertised.listeners", o => o.AdvertisedListeners, (o, v) => o.AdvertisedListeners = v, ListenerAddress.Check),
        BrokerSetting.Text("log.dirs", o => o.LogDirs, (o, v) => o.LogDirs = v, CheckOneDirectory),
        BrokerSetting.Text("log.dir", o => o.LogDirs, (o, v) => o.LogDirs = v, CheckOneDirectory),
        BrokerSetting.Int32("node.id", 0, int.MaxValue, o => o.NodeId, (o, v) => o.NodeId = v),
        BrokerSetting.Int32("broker.id", 0, int.MaxValue, o => o.NodeId, (o, v) => o.NodeId = v),
        BrokerSetting.Int32("num.partitions", 1, 10_000, o => o.NumPartitions, (o, v) => o.NumPartitions = v),
        BrokerSetting.Flag("auto.create.topics.enable", o => o.AutoCreateTopicsEnable, (o, v) => o.AutoCreateTopicsEnable = v),
        BrokerSetting.Flag("delete.topic.enable", o => o.DeleteTopicEnable, (o, v) => o.DeleteTopicEnable = v),
        BrokerSetting.Int32("log.segment.bytes", 1024, int.MaxValue, o => o.LogSegmentBytes, (o, v) => o.LogSegmentBytes = v),
        BrokerSetting.Int32("log.roll.hours", 1, int.MaxValue, o => o.LogRollHours, (o, v) => o.LogRollHours = v),
        BrokerSetting.Int64("log.roll.ms", 1, long.MaxValue, o => o.LogRollMs, (o, v) => o.LogRollMs = v),
        BrokerSetting.Int32("log.roll.jitter.hours", 0, int.MaxValue, o => o.LogRollJitterHours, (o, v) => o.LogRollJitterHours = v),
        BrokerSetting.Int64("log.roll.jitter.ms", 0, long.MaxValue, o => o.LogRollJitterMs, (o, v) => o.LogRollJitterMs = v),
        BrokerSetting.Int32("log.index.size.max.bytes", 8, int.MaxValue, o => o.LogIndexSizeMaxBytes, (o, v) => o.LogIndexSizeMaxBytes = v),
        BrokerSetting.Int32("log.retention.hours", -1, int.MaxValue, o => o.LogRetentionHours, (o, v) => o.LogRetentionHours = v),
        BrokerSetting.Int32("log.retention.minutes", -1, int.MaxValue, o => o.LogRetentionMinutes, (o, v) => o.LogRetentionMinutes = v),
        BrokerSetting.Int64("log.retention.ms", -1, long.MaxValue, o => o.LogRetentionMs, (o, v) => o.LogRetentionMs = v),
        BrokerSetting.Int64("log.retention.bytes", -1, long.MaxValue, o => o.LogRetentionBytes, (o, v) => o.LogRetentionBytes = v),
        BrokerSetting.Int64("log.retention.check.interval.ms", 1, uint.MaxValue - 1L, o => o.LogRetentionCheckIntervalMs, (o, v) => o.LogRetentionCheckIntervalMs = v),
        BrokerSetting.Text("log.cleanup.policy", o => o.LogCleanupPolicy, (o, v) => o.LogCleanupPolicy = v, ConfigValues.CheckCleanupPolicy) with { Type = ConfigType.List },
        BrokerSetting.Int32("log.index.interval.bytes", 0, int.MaxValue, o => o.LogIndexIntervalBytes, (o, v) => o.LogIndexIntervalBytes = v),
        BrokerSetting.Int64("log.flush.interval.messages", 1, long.MaxValue, o => o.LogFlushIntervalMessages, (o, v) => o.LogFlushIntervalMessages = v),
        BrokerSetting.Int64("log.flush.interval.ms", 0, long.MaxValue, o => o.LogFlushIntervalMs, (o, v) => o.LogFlushIntervalMs = v),
        BrokerSetting.Flag("log.preallocate", o => o.LogPreallocate, (o, v) => o.LogPreallocate = v),
        BrokerSetting.Flag("log.write.caching", o => o.LogWriteCaching, (o, v) => o.LogWriteCaching = v),
        BrokerSetting.Text("log.message.timestamp.type", o => o.LogMessageTimestampType, (o, v) => o.LogMessageTimestampType = v, ConfigValues.CheckTimestampType),
        BrokerSetting.Int64("log.message.timestamp.before.max.ms", 0, long.MaxValue, o => o.LogMessageTimestampBeforeMaxMs, (o, v) => o.LogMessageTimestampBeforeMaxMs = v),
        BrokerSetting.Int64("log.message.timestamp.after.max.ms", 0, long.MaxValue, o => o.LogMessageTimestampAfterMaxMs, (o, v) => o.LogMessageTimestampAfterMaxMs = v),
        BrokerSetting.Text("compression.type", o => o.CompressionType, (o, v) => o.CompressionType = v, ConfigValues.CheckCodec),
        BrokerSetting.Int32("message.max.bytes", 0, int.MaxValue, o => o.MessageMaxBytes, (o, v) => o.MessageMaxBytes = v),
        BrokerSetting.Int32("socket.send.buffer.bytes", -1, int.MaxValue, o => o.SocketSendBufferBytes, (o, v) => o.SocketSendBufferBytes = v),
        BrokerSetting.Int32("socket.receive.buffer.bytes", -1, int.MaxValue, o => o.SocketReceiveBufferBytes, (o, v) => o.SocketReceiveBufferBytes = v),
        BrokerSetting.Int32("socket.request.max.bytes", 1024, int.MaxValue - 4, o => o.SocketRequestMaxBytes, (o, v) => o.SocketRequestMaxBytes = v),
        BrokerSetting.Int64("connections.max.idle.ms", -1, uint.MaxValue - 1L, o => o.ConnectionsMaxIdleMs, (o, v) => o.ConnectionsMaxIdleMs = v),
        BrokerSetting.Int32("fetch.max.bytes", 1024, int.MaxValue, o => o.FetchMaxBytes, (o, v) => o.FetchMaxBytes = v),
        BrokerSetting.Int32("group.initial.rebalance.delay.ms", 0, int.MaxValue, o => o.GroupInitialRebalanceDelayMs, (o, v) => o.GroupInitialRebalanceDelayMs = v),
        BrokerSetting.Int32("group.min.session.timeout.ms", 1, int.MaxValue, o => o.GroupMinSessionTimeoutMs, (o, v) => o.GroupMinSessionTimeoutMs = v),
        BrokerSetting.Int32("group.max.session.timeout.ms", 1, int.MaxValue, o => o.GroupMaxSessionTimeoutMs, (o, v) => o.GroupMaxSessionTimeoutMs = v),
        BrokerSetting.Int32("group.max.size", 1, int.MaxValue, o => o.GroupMaxSize, (o, v) => o.GroupMaxSize = v),
        BrokerSetting.Int32("group.consumer.session.timeout.ms", 1, int.MaxValue, o => o.GroupConsumerSessionTimeoutMs, (o, v) => o.GroupConsumerSessionTimeoutMs = v),
        BrokerSetting.Int32("group.consumer.heartbeat.interval.ms", 1, int.MaxValue, o => o.GroupConsumerHeartbeatIntervalMs, (o, v) => o.GroupConsumerHeartbeatIntervalMs = v),
        BrokerSetting.Int32("group.consumer.min.session.timeout.ms", 1, int.MaxValue, o => o.GroupConsumerMinSessionTimeoutMs, (o, v) => o.GroupConsumerMinSessionTimeoutMs = v),
        BrokerSetting.Int32("group.consumer.max.session.timeout.ms", 1, int.MaxValue, o => o.GroupConsumerMaxSessionTimeoutMs, (o, v) => o.GroupConsumerMaxSessionTimeoutMs = v),
        BrokerSetting.Int32("group.consumer.min.heartbeat.interval.ms", 1, int.MaxValue, o => o.GroupConsumerMinHeartbeatIntervalMs, (o, v) => o.GroupConsumerMinHeartbeatIntervalMs = v),
        BrokerSetting.Int32("group.consumer.max.heartbeat.interval.ms", 1, int.MaxValue, o => o.GroupConsumerMaxHeartbeatIntervalMs, (o, v) => o.GroupConsumerMaxHeartbeatIntervalMs = v),
        BrokerSetting.Int32("group.consumer.max.size", 1, int.MaxValue, o => o.GroupConsumerMaxSize, (o, v) => o.GroupConsumerMaxSize = v),
        BrokerSetting.Text("group.consumer.assignors", o => o.GroupConsumerAssignors, (o, v) => o.GroupConsumerAssignors = v, CheckAssignors),
        BrokerSetting.Text("group.consumer.migration.policy", o => o.GroupConsumerMigrationPolicy, (o, v) => o.GroupConsumerMigrationPolicy = v, CheckMigrationPolicy),
        BrokerSetting.Int32("offset.metadata.max.bytes", 0, int.MaxValue, o => o.OffsetMetadataMaxBytes, (o, v) => o.OffsetMetadataMaxBytes = v),
        BrokerSetting.Int32("offsets.topic.num.partitions", 1, 10_000, o => o.OffsetsTopicNumPartitions, (o, v) => o.OffsetsTopicNumPartitions = v),
        BrokerSetting.Int32("offsets.topic.segment.bytes", 1024, int.MaxValue, o => o.OffsetsTopicSegmentBytes, (o, v) => o.OffsetsTopicSegmentBytes = v),
        BrokerSetting.Int32("offsets.retention.minutes", 1, int.MaxValue, o => o.OffsetsRetentionMinutes, (o, v) => o.OffsetsRetentionMinutes = v),
        BrokerSetting.Int64("offsets.retention.check.interval.ms", 1, uint.MaxValue - 1L, o => o.OffsetsRetentionCheckIntervalMs, (o, v) => o.OffsetsRetentionCheckIntervalMs = v),
        .. CleanerSettings.All,
        .. LimitSettings.All,
        .. LimitSettings.OfListeners,
        .. SecuritySettings.OfBroker,
        .. SecuritySettings.All,
        .. SettingsWithoutEffect.All,
        BrokerSetting.Int32("transaction.max.timeout.ms", 1, int.MaxValue, o => o.TransactionMaxTimeoutMs, (o, v) => o.TransactionMaxTimeoutMs = v),
        BrokerSetting.Int32("transaction.abort.timed.out.transaction.cleanup.interval.ms", 1, int.MaxValue, o => o.TransactionAbortTimedOutTransactionCleanupIntervalMs, (o, v) => o.TransactionAbortTimedOutTransactionCleanupIntervalMs = v),
        BrokerSetting.Int32("transactional.id.expiration.ms", 1, int.MaxValue, o => o.TransactionalIdExpirationMs, (o, v) => o.TransactionalIdExpirationMs = v),
        BrokerSetting.Int32("producer.id.expiration.ms", 1, int.MaxValue, o => o.ProducerIdExpirationMs, (o, v) => o.ProducerIdExpirationMs = v),
        BrokerSetting.Int32("transaction.state.log.num.partitions", 1, 10_000, o => o.TransactionStateLogNumPartitions, (o, v) => o.TransactionStateLogNumPartitions = v),
        BrokerSetting.Int32("transaction.state.log.segment.bytes", 1024, int.MaxValue, o => o.TransactionStateLogSegmentBytes, (o, v) => o.TransactionStateLogSegmentBytes = v),
        BrokerSetting.Text("http.listen", o => o.HttpListen, (o, v) => o.HttpListen = v, _ => null),
    ];

    private static readonly Dictionary<string, BrokerSetting> ByName = All.ToDictionary(s => s.Name, StringComparer.Ordinal);

    public static BrokerSetting Find(string name)
    {
        if (ByName.TryGetValue(name, out var setting))
            return setting;
        if (SecuritySettings.FindPrefixed(name) is { } prefixed)
            return prefixed;

        var nearest = All.MinBy(s => EditDistance.Between(name, s.Name))!.Name;
        throw new InvalidSettingException(name, $"There is no setting \"{name}\"; the nearest one is \"{nearest}\".")
        {
            IsForeign = ForeignSettings.Includes(name, nearest),
        };
    }

    private static string? CheckAssignors(string value)
    {
        var names = value.Split(',', StringSplitOptions.TrimEntries);
        var isGood = names.Distinct().Count() == names.Length && names.All(name => Assignor.All.Any(known => known.Name == name));
        return isGood ? null : $"a list of {string.Join(", ", Assignor.All.Select(a => a.Name))}";
    }

    private static string? CheckMigrationPolicy(string value) =>
        value is "bidirectional" or "upgrade" or "downgrade" or "disabled" ? null : "bidirectional, upgrade, downgrade or disabled";

    private static string? CheckOneDirectory(string value) =>
        value.Length == 0 || value.Contains(',', StringComparison.Ordinal) ? "the path of one directory" : null;
}
