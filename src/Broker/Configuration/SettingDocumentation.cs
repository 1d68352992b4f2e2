using System.Collections.Frozen;

namespace Broker.Configuration;

/// <summary>A sentence for each setting, for tools that show one.</summary>
internal static class SettingDocumentation
{
    private const string Unsupported = "Kafka's setting; here it has this one value.";

    private static readonly FrozenDictionary<string, string> Sentences = new Dictionary<string, string>
    {
        // Of topics.
        ["cleanup.policy"] = "What becomes of old records: delete drops them by age and size, compact keeps the last of each key; both together; nothing keeps all.",
        ["compression.gzip.level"] = Unsupported,
        ["compression.lz4.level"] = Unsupported,
        ["compression.type"] = "Batches stay compressed as their producer sent them.",
        ["compression.zstd.level"] = Unsupported,
        ["delete.retention.ms"] = "How long a compacted topic keeps the tombstone of a deleted key, in milliseconds.",
        ["file.delete.delay.ms"] = "Files of deleted segments go as soon as nobody reads them.",
        ["flush.messages"] = "Records after which a partition is forced to disk, whoever waits for it.",
        ["flush.ms"] = "Age of a record, in milliseconds, at which its partition is forced to disk.",
        ["follower.replication.throttled.replicas"] = Unsupported,
        ["index.interval.bytes"] = "Bytes of log between two entries of the offset index.",
        ["leader.replication.throttled.replicas"] = Unsupported,
        ["local.retention.bytes"] = Unsupported,
        ["local.retention.ms"] = Unsupported,
        ["max.compaction.lag.ms"] = "Age of a record, in milliseconds, at which a compacted topic no longer waits to compact it.",
        ["max.message.bytes"] = "Largest record batch taken, in bytes as sent.",
        ["message.timestamp.after.max.ms"] = "How far in the future a record's timestamp may lie, in milliseconds.",
        ["message.timestamp.before.max.ms"] = "How far in the past a record's timestamp may lie, in milliseconds.",
        ["message.timestamp.type"] = "Whether a record's timestamp is the producer's (CreateTime) or that of its append (LogAppendTime).",
        ["min.cleanable.dirty.ratio"] = "Share of a compacted topic's log that must be new before it is compacted again.",
        ["min.compaction.lag.ms"] = "Age, in milliseconds, before which a compacted topic keeps every record.",
        ["min.insync.replicas"] = "There is one replica, and every acknowledged record is in it.",
        ["preallocate"] = Unsupported,
        ["remote.log.copy.disable"] = Unsupported,
        ["remote.log.delete.on.disable"] = Unsupported,
        ["remote.storage.enable"] = Unsupported,
        ["retention.bytes"] = "Size of a partition, in bytes, above which its oldest segments are deleted; -1 for no limit.",
        ["retention.ms"] = "Age, in milliseconds, at which records may be deleted; -1 keeps them for ever.",
        ["segment.bytes"] = "A segment is closed before it grows beyond this, in bytes.",
        ["segment.jitter.ms"] = "Most by which a segment is closed before its time, in milliseconds, so that not all close at once.",
        ["segment.ms"] = "Age, in milliseconds, at which a segment is closed although it is not full.",
        ["unclean.leader.election.enable"] = "There is one replica, which leads.",
        ["write.caching"] = "Whether acks=all is answered from the page cache, before the disk has the record.",

        // Of the broker.
        ["advertised.listeners"] = "The address each listener tells its clients.",
        ["auto.create.topics.enable"] = "Whether asking for a missing topic's metadata may create it.",
        ["broker.id"] = "This broker's number.",
        ["connections.max.idle.ms"] = "A connection silent for this long, in milliseconds, is closed; -1 for never.",
        ["delete.topic.enable"] = "Whether topics may be deleted.",
        ["fetch.max.bytes"] = "Most bytes of records in one answer to a fetch.",
        ["group.initial.rebalance.delay.ms"] = "How long an empty group waits for more members, in milliseconds.",
        ["group.max.session.timeout.ms"] = "Longest session timeout a member may ask for, in milliseconds.",
        ["group.max.size"] = "Most members of one group.",
        ["group.min.session.timeout.ms"] = "Shortest session timeout a member may ask for, in milliseconds.",
        ["http.listen"] = "Address of the port for health, metrics and the REST API.",
        ["listeners"] = "Names and addresses the broker listens on.",
        ["log.cleanup.policy"] = "Default of cleanup.policy.",
        ["log.dir"] = "The one directory that holds every topic.",
        ["log.dirs"] = "The one directory that holds every topic.",
        ["log.flush.interval.messages"] = "Default of flush.messages.",
        ["log.flush.interval.ms"] = "Default of flush.ms.",
        ["log.index.interval.bytes"] = "Default of index.interval.bytes.",
        ["log.message.timestamp.type"] = "Default of message.timestamp.type.",
        ["log.retention.bytes"] = "Default of retention.bytes.",
        ["log.retention.check.interval.ms"] = "Pause between two looks at what may be deleted, in milliseconds.",
        ["log.retention.hours"] = "Default of retention.ms, in hours.",
        ["log.retention.minutes"] = "Default of retention.ms, in minutes; wins over log.retention.hours.",
        ["log.retention.ms"] = "Default of retention.ms; wins over log.retention.minutes and log.retention.hours.",
        ["log.roll.hours"] = "Default of segment.ms, in hours.",
        ["log.roll.ms"] = "Default of segment.ms; wins over log.roll.hours.",
        ["log.segment.bytes"] = "Default of segment.bytes.",
        ["log.write.caching"] = "Default of write.caching.",
        ["max.connections"] = "Connections open at once.",
        ["message.max.bytes"] = "Default of max.message.bytes.",
        ["node.id"] = "This broker's number.",
        ["num.partitions"] = "Partitions of a topic whose creator names no number.",
        ["offset.metadata.max.bytes"] = "Longest note a member may commit beside an offset, in bytes.",
        ["offsets.retention.check.interval.ms"] = "Pause between two looks for offsets to drop, in milliseconds.",
        ["offsets.retention.minutes"] = "Offsets of a group empty for this long, in minutes, are dropped.",
        ["offsets.topic.num.partitions"] = "Partitions of __consumer_offsets, used when it is created.",
        ["offsets.topic.segment.bytes"] = "Segment size of __consumer_offsets, in bytes.",
        ["socket.request.max.bytes"] = "A longer request closes its connection.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string? Find(string name) => Sentences.GetValueOrDefault(name);
}
