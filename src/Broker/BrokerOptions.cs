using Broker.Configuration;

namespace Broker;

/// <summary>
/// What the broker can be told: one property per setting, named after Kafka's own setting with the dots taken out.
/// Read once, when the broker starts; changing it afterwards has no effect. Not safe for use by several threads.
/// </summary>
public sealed partial class BrokerOptions
{
    /// <summary>
    /// <c>listeners</c>: comma-separated <c>NAME://host:port</c>; an empty host means every address, port 0 a free one.
    /// Names are free, each once; <see cref="ListenerSecurityProtocolMap"/> says what each speaks. Default <c>PLAINTEXT://127.0.0.1:9092</c>.
    /// </summary>
    public string Listeners { get; set; } = "PLAINTEXT://127.0.0.1:9092";

    /// <summary>
    /// <c>advertised.listeners</c>: the address each listener tells its clients, in the form of <see cref="Listeners"/>.
    /// Port 0 stands for the port the listener got. A listener without one advertises the address it is bound to.
    /// </summary>
    public string? AdvertisedListeners { get; set; }

    /// <summary><c>log.dirs</c>: the one directory that holds every topic; created when missing. Default <c>data</c>.</summary>
    public string LogDirs { get; set; } = "data";

    /// <summary><c>node.id</c> (or <c>broker.id</c>): this broker's number, 0 or more. Default 1.</summary>
    public int NodeId { get; set; } = 1;

    /// <summary><c>num.partitions</c>: partitions of a topic whose creator names no number, from 1 to 10,000. Default 1.</summary>
    public int NumPartitions { get; set; } = 1;

    /// <summary><c>auto.create.topics.enable</c>: whether asking for a missing topic's metadata may create it. Default true.</summary>
    public bool AutoCreateTopicsEnable { get; set; } = true;

    /// <summary><c>delete.topic.enable</c>: whether topics may be deleted. Default true.</summary>
    public bool DeleteTopicEnable { get; set; } = true;

    /// <summary><c>log.segment.bytes</c>: a segment is closed before it grows beyond this, at least 1,024. Default 1 GiB.</summary>
    public int LogSegmentBytes { get; set; } = 1 << 30;

    /// <summary><c>log.roll.hours</c>: a segment is closed at this age, in hours. Default 168.</summary>
    public int LogRollHours { get; set; } = 168;

    /// <summary><c>log.roll.ms</c>: as <see cref="LogRollHours"/>, in milliseconds; wins over it when set.</summary>
    public long? LogRollMs { get; set; }

    /// <summary><c>log.roll.jitter.hours</c>: a random part of this is taken off each segment's age limit, in hours. Default 0.</summary>
    public int LogRollJitterHours { get; set; }

    /// <summary><c>log.roll.jitter.ms</c>: as <see cref="LogRollJitterHours"/>, in milliseconds; wins over it when set.</summary>
    public long? LogRollJitterMs { get; set; }

    /// <summary><c>log.index.size.max.bytes</c>: a segment is closed before its offset index outgrows this. Default 10,485,760.</summary>
    public int LogIndexSizeMaxBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary><c>log.retention.hours</c>: records older than this may be deleted; -1 keeps them for ever. Default 168.</summary>
    public int LogRetentionHours { get; set; } = 168;

    /// <summary><c>log.retention.minutes</c>: as <see cref="LogRetentionHours"/>, in minutes; wins over it when set.</summary>
    public int? LogRetentionMinutes { get; set; }

    /// <summary><c>log.retention.ms</c>: as <see cref="LogRetentionHours"/>, in milliseconds; wins over both when set.</summary>
    public long? LogRetentionMs { get; set; }

    /// <summary><c>log.retention.bytes</c>: size of a partition above which its oldest segments go; -1 for no limit. Default -1.</summary>
    public long LogRetentionBytes { get; set; } = -1;

    /// <summary><c>log.retention.check.interval.ms</c>: pause between two looks at what may be deleted. Default 300,000.</summary>
    public long LogRetentionCheckIntervalMs { get; set; } = 300_000;

    /// <summary><c>log.cleanup.policy</c>: <c>delete</c>, <c>compact</c> or both. Default <c>delete</c>.</summary>
    public string LogCleanupPolicy { get; set; } = "delete";

    /// <summary><c>log.index.interval.bytes</c>: bytes of log between two entries of the offset index. Default 4,096.</summary>
    public int LogIndexIntervalBytes { get; set; } = 4096;

    /// <summary><c>log.flush.interval.messages</c>: records of a partition after which it is forced to disk. Default: never.</summary>
    public long LogFlushIntervalMessages { get; set; } = long.MaxValue;

    /// <summary><c>log.flush.interval.ms</c>: age of a record at which its partition is forced to disk. Default: not by age.</summary>
    public long? LogFlushIntervalMs { get; set; }

    /// <summary><c>log.preallocate</c>: room for a whole segment is set aside when it is begun, for topics without a <c>preallocate</c> of their own. Default false.</summary>
    public bool LogPreallocate { get; set; }

    /// <summary>
    /// <c>log.write.caching</c>, for topics without a <c>write.caching</c> of their own: acks=all is answered when the records are in
    /// the page cache, as Apache Kafka does. They survive a killed broker, not a power loss. Default false: acks=all waits for fsync.
    /// </summary>
    public bool LogWriteCaching { get; set; }

    /// <summary><c>log.message.timestamp.type</c>: <c>CreateTime</c> or <c>LogAppendTime</c>. Default <c>CreateTime</c>.</summary>
    public string LogMessageTimestampType { get; set; } = "CreateTime";

    /// <summary>
    /// <c>log.message.timestamp.before.max.ms</c>: how far behind the broker's clock a record's own timestamp may be, in milliseconds. Counts
    /// for CreateTime only. Default: any.
    /// </summary>
    public long LogMessageTimestampBeforeMaxMs { get; set; } = long.MaxValue;

    /// <summary><c>log.message.timestamp.after.max.ms</c>: as <see cref="LogMessageTimestampBeforeMaxMs"/>, ahead of the clock. Default 3,600,000.</summary>
    public long LogMessageTimestampAfterMaxMs { get; set; } = 3_600_000;

    /// <summary><c>log.cleaner.enable</c>: whether topics with <c>cleanup.policy=compact</c> are compacted. Default true.</summary>
    public bool LogCleanerEnable { get; set; } = true;

    /// <summary><c>log.cleaner.backoff.ms</c>: pause between two looks for something to compact, in milliseconds. Default 15,000.</summary>
    public long LogCleanerBackoffMs { get; set; } = 15_000;

    /// <summary>
    /// <c>log.cleaner.dedupe.buffer.size</c>: most bytes for the keys of one compaction, 24 each; keys beyond are left for the next. Taken when needed,
    /// given back afterwards. Default 134,217,728.
    /// </summary>
    public long LogCleanerDedupeBufferSize { get; set; } = 134_217_728;

    /// <summary><c>log.cleaner.io.buffer.load.factor</c>: how full that buffer may become, 0.1 to 0.95. Default 0.9.</summary>
    public double LogCleanerIoBufferLoadFactor { get; set; } = 0.9;

    /// <summary><c>log.cleaner.min.cleanable.ratio</c>: compaction is due when more than this share of a log is dirty, 0 to 1. Default 0.5.</summary>
    public double LogCleanerMinCleanableRatio { get; set; } = 0.5;

    /// <summary><c>log.cleaner.delete.retention.ms</c>: how long compaction keeps a tombstone, in milliseconds. Default 86,400,000.</summary>
    public long LogCleanerDeleteRetentionMs { get; set; } = 86_400_000;

    /// <summary><c>log.cleaner.min.compaction.lag.ms</c>: how long a record stays at least, in milliseconds. Default 0.</summary>
    public long LogCleanerMinCompactionLagMs { get; set; }

    /// <summary><c>log.cleaner.max.compaction.lag.ms</c>: after how long a record is compacted at last, in milliseconds. Default: no such limit.</summary>
    public long LogCleanerMaxCompactionLagMs { get; set; } = long.MaxValue;

    /// <summary>
    /// <c>compression.type</c>: the codec that batches are stored in: <c>uncompressed</c>, <c>gzip</c>, <c>snappy</c>, <c>lz4</c>, <c>zstd</c>, or
    /// <c>producer</c>, the default, for as they come. A batch of another codec is compressed anew as it arrives.
    /// </summary>
    public string CompressionType { get; set; } = "producer";

    /// <summary><c>message.max.bytes</c>: largest record batch taken, in bytes as sent. Default 1,048,588.</summary>
    public int MessageMaxBytes { get; set; } = 1_048_588;

    /// <summary><c>socket.send.buffer.bytes</c>: SO_SNDBUF of each connection; -1 for the system's own choice. Default 256 KiB.</summary>
    public int SocketSendBufferBytes { get; set; } = 256 * 1024;

    /// <summary><c>socket.receive.buffer.bytes</c>: SO_RCVBUF of each connection; -1 for the system's own choice. Default -1.</summary>
    public int SocketReceiveBufferBytes { get; set; } = -1;

    /// <summary><c>socket.request.max.bytes</c>: a longer request closes its connection. Default 104,857,600.</summary>
    public int SocketRequestMaxBytes { get; set; } = 104_857_600;

    /// <summary><c>max.connections</c>: connections open at once; a further one is closed as it arrives. Default: no limit.</summary>
    public int MaxConnections { get; set; } = int.MaxValue;

    /// <summary><c>connections.max.idle.ms</c>: a connection silent for this long is closed; -1 for never. Default 600,000.</summary>
    public long ConnectionsMaxIdleMs { get; set; } = 600_000;

    /// <summary><c>fetch.max.bytes</c>: most bytes of records in one answer, whatever the client asks. Default 57,671,680.</summary>
    public int FetchMaxBytes { get; set; } = 57_671_680;

    /// <summary>
    /// <c>group.initial.rebalance.delay.ms</c>: how long an empty group waits for more members. Default 0, where Kafka has 3,000: one
    /// more rebalance while the members of a new group arrive, instead of three seconds before the first record.
    /// </summary>
    public int GroupInitialRebalanceDelayMs { get; set; }

    /// <summary><c>group.min.session.timeout.ms</c>: shortest session timeout a member may ask for. Default 6,000.</summary>
    public int GroupMinSessionTimeoutMs { get; set; } = 6_000;

    /// <summary><c>group.max.session.timeout.ms</c>: longest session timeout a member may ask for. Default 1,800,000.</summary>
    public int GroupMaxSessionTimeoutMs { get; set; } = 1_800_000;

    /// <summary><c>group.max.size</c>: most members of one group. Default: no limit.</summary>
    public int GroupMaxSize { get; set; } = int.MaxValue;

    /// <summary>
    /// <c>group.consumer.session.timeout.ms</c>: a member of the consumer protocol (KIP-848) that was not heard of for this long is out of its
    /// group. Default 45,000.
    /// </summary>
    public int GroupConsumerSessionTimeoutMs { get; set; } = 45_000;

    /// <summary>
    /// <c>group.consumer.heartbeat.interval.ms</c>: how often members of the consumer protocol report, and how late at most they hear of a change in
    /// their group. Default 1,000, where Kafka has 5,000.
    /// </summary>
    public int GroupConsumerHeartbeatIntervalMs { get; set; } = 1_000;

    /// <summary><c>group.consumer.min.session.timeout.ms</c>: shortest session timeout a group may have to itself. Default 45,000.</summary>
    public int GroupConsumerMinSessionTimeoutMs { get; set; } = 45_000;

    /// <summary><c>group.consumer.max.session.timeout.ms</c>: longest session timeout a group may have to itself. Default 60,000.</summary>
    public int GroupConsumerMaxSessionTimeoutMs { get; set; } = 60_000;

    /// <summary><c>group.consumer.min.heartbeat.interval.ms</c>: shortest heartbeat interval a group may have to itself. Default 1,000, where Kafka has 5,000.</summary>
    public int GroupConsumerMinHeartbeatIntervalMs { get; set; } = 1_000;

    /// <summary><c>group.consumer.max.heartbeat.interval.ms</c>: longest heartbeat interval a group may have to itself. Default 15,000.</summary>
    public int GroupConsumerMaxHeartbeatIntervalMs { get; set; } = 15_000;

    /// <summary><c>group.consumer.max.size</c>: most members of one group of the consumer protocol. Default: no limit.</summary>
    public int GroupConsumerMaxSize { get; set; } = int.MaxValue;

    /// <summary>
    /// <c>group.consumer.assignors</c>: how partitions may be shared among members of the consumer protocol, <c>uniform</c>, <c>range</c> or both; the
    /// first is taken where no member prefers one. Default <c>uniform,range</c>.
    /// </summary>
    public string GroupConsumerAssignors { get; set; } = "uniform,range";

    /// <summary>
    /// <c>group.consumer.migration.policy</c>: whether running groups change between the classic and the consumer protocol: <c>bidirectional</c>,
    /// <c>upgrade</c>, <c>downgrade</c> or <c>disabled</c>. Default <c>bidirectional</c>.
    /// </summary>
    public string GroupConsumerMigrationPolicy { get; set; } = "bidirectional";

    /// <summary><c>offset.metadata.max.bytes</c>: longest note a member may commit beside an offset. Default 4,096.</summary>
    public int OffsetMetadataMaxBytes { get; set; } = 4096;

    /// <summary><c>offsets.topic.num.partitions</c>: partitions of <c>__consumer_offsets</c>, used when it is created. Default 50.</summary>
    public int OffsetsTopicNumPartitions { get; set; } = 50;

    /// <summary><c>offsets.topic.segment.bytes</c>: segment size of <c>__consumer_offsets</c>. Default 104,857,600.</summary>
    public int OffsetsTopicSegmentBytes { get; set; } = 104_857_600;

    /// <summary><c>offsets.retention.minutes</c>: offsets of a group empty for this long are dropped. Default 10,080.</summary>
    public int OffsetsRetentionMinutes { get; set; } = 10_080;

    /// <summary><c>offsets.retention.check.interval.ms</c>: pause between two looks for offsets to drop. Default 600,000.</summary>
    public long OffsetsRetentionCheckIntervalMs { get; set; } = 600_000;

    /// <summary><c>transaction.max.timeout.ms</c>: longest time a producer may ask for its transactions, at least 1. Default 900,000.</summary>
    public int TransactionMaxTimeoutMs { get; set; } = 900_000;

    /// <summary>
    /// <c>transaction.abort.timed.out.transaction.cleanup.interval.ms</c>: pause between two looks for transactions to abort and
    /// transactional ids to forget, at least 1. Default 10,000.
    /// </summary>
    public int TransactionAbortTimedOutTransactionCleanupIntervalMs { get; set; } = 10_000;

    /// <summary><c>transactional.id.expiration.ms</c>: an id not used for this long is forgotten, at least 1. Default 604,800,000.</summary>
    public int TransactionalIdExpirationMs { get; set; } = 604_800_000;

    /// <summary>
    /// <c>producer.id.expiration.ms</c>: a producer that has not written to a partition for this long is forgotten there, and a batch it sends
    /// again is no duplicate any more; at least 1. One with an open transaction is not forgotten. Default 86,400,000.
    /// </summary>
    public int ProducerIdExpirationMs { get; set; } = 86_400_000;

    /// <summary><c>transaction.state.log.num.partitions</c>: partitions of <c>__transaction_state</c>, used when it is created. Default 50.</summary>
    public int TransactionStateLogNumPartitions { get; set; } = 50;

    /// <summary><c>transaction.state.log.segment.bytes</c>: segment size of <c>__transaction_state</c>. Default 104,857,600.</summary>
    public int TransactionStateLogSegmentBytes { get; set; } = 104_857_600;

    /// <summary><c>controller.listener.names</c>: listeners of <see cref="Listeners"/> that are not opened, because this broker is its own controller.</summary>
    internal string ControllerListenerNames { get; set; } = "";

    /// <summary>Settings that were given and change nothing here, with their values.</summary>
    internal IDictionary<string, string> WithoutEffect { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary><c>http.listen</c>: address of the host's HTTP port; this library opens none. Default null.</summary>
    public string? HttpListen { get; set; }

    /// <summary>The names of all settings, each with its default as text; null where there is none.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Defaults => BrokerSettings.All.Select(s => KeyValuePair.Create(s.Name, s.Default));

    /// <summary>
    /// Reads settings by Kafka's names; of two with one name the later wins.
    /// </summary>
    /// <exception cref="InvalidSettingException">A name is unknown (the nearest known one is in the message) or a value is not allowed.</exception>
    public static BrokerOptions FromSettings(IEnumerable<KeyValuePair<string, string>> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var options = new BrokerOptions();
        foreach (var (name, value) in settings)
            BrokerSettings.Find(name).Write(options, value);
        return options;
    }

    internal BrokerOptions Copy() => (BrokerOptions)MemberwiseClone();
}
