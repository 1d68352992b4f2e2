using System.Net;
using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Quotas;
using Microsoft.Extensions.Logging;

namespace Broker.Diagnostics;

/// <summary>Every log message of the broker outside its groups.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(1, LogLevel.Information, "Broker {NodeId} of cluster {ClusterId} listens on {Listeners}; data in {Directory}; {Topics} topics with {Partitions} partitions opened in {Milliseconds} ms, in leader epoch {LeaderEpoch}.")]
    public static partial void Started(
        this ILogger logger, int nodeId, string clusterId, string listeners, string directory, int topics, int partitions, long milliseconds, int leaderEpoch);

    [LoggerMessage(2, LogLevel.Information, "Broker stopped.")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(3, LogLevel.Debug, "Connection from {Client} on {Listener} opened.")]
    public static partial void ConnectionOpened(this ILogger logger, EndPoint? client, string listener);

    [LoggerMessage(4, LogLevel.Debug, "Connection from {Client} closed: {Reason}.")]
    public static partial void ConnectionClosed(this ILogger logger, EndPoint? client, CloseReason reason);

    [LoggerMessage(5, LogLevel.Warning, "Connection from {Client} closed: {Reason}. {Details}")]
    public static partial void ConnectionRefused(this ILogger logger, EndPoint? client, CloseReason reason, string details);

    [LoggerMessage(6, LogLevel.Error, "{Api} v{Version} from {Client} (client id {ClientId}) failed; its connection is closed.")]
    public static partial void HandlerFailed(this ILogger logger, Exception exception, ApiKey api, short version, EndPoint? client, string? clientId);

    [LoggerMessage(7, LogLevel.Warning, "Listener {Listener} could not accept a connection.")]
    public static partial void AcceptFailed(this ILogger logger, Exception exception, string listener);

    [LoggerMessage(8, LogLevel.Warning, "{Count} connections did not end within the stop's time and were cut.")]
    public static partial void ConnectionsCut(this ILogger logger, int count);

    [LoggerMessage(9, LogLevel.Error, "A connection ended by a defect of the broker.")]
    public static partial void ConnectionFaulted(this ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Error, "Partition {Topic}-{Partition} is offline: its log cannot be opened. All others are served.")]
    public static partial void PartitionOffline(this ILogger logger, Exception exception, string topic, int partition);

    [LoggerMessage(24, LogLevel.Error, "Partition {Topic}-{Partition} is offline: there is no room on the disk, or no file can be opened, for its log. It is opened as soon as it can be. All others are served.")]
    public static partial void PartitionWaits(this ILogger logger, Exception exception, string topic, int partition);

    [LoggerMessage(25, LogLevel.Information, "Partition {Partition} is online: its log could be opened.")]
    public static partial void PartitionOnline(this ILogger logger, string partition);

    [LoggerMessage(11, LogLevel.Warning, "{Path} belongs to no topic and was in the way of a new one; it was moved to {Aside}.")]
    public static partial void StrayDirectory(this ILogger logger, string path, string aside);

    [LoggerMessage(12, LogLevel.Information, "Topic {Topic} ({Id}) created with {Partitions} partitions.")]
    public static partial void TopicCreated(this ILogger logger, string topic, Guid id, int partitions);

    [LoggerMessage(26, LogLevel.Information, "Topic {Topic} grew from {Before} to {Partitions} partitions.")]
    public static partial void PartitionsAdded(this ILogger logger, string topic, int before, int partitions);

    [LoggerMessage(27, LogLevel.Information, "Broker stops: {Connections} connections are open.")]
    public static partial void Stopping(this ILogger logger, int connections);

    [LoggerMessage(18, LogLevel.Warning, "Topic {Topic} holds state of the broker and was not set to be compacted, so that retention could have deleted some of it: its cleanup.policy is compact from now on.")]
    public static partial void InternalTopicRepaired(this ILogger logger, string topic);

    [LoggerMessage(19, LogLevel.Error, "A change of topics was refused: the disk did not do its part.")]
    public static partial void TopicsNotChanged(this ILogger logger, Exception exception);

    [LoggerMessage(20, LogLevel.Error, "What was made of {Topic} could not be taken back: if this broker stops before another topic is changed, the next start makes the rest of it.")]
    public static partial void PartitionsNotTakenBack(this ILogger logger, Exception exception, string topic);

    [LoggerMessage(21, LogLevel.Error, "Not every group could forget what it had committed for {Topic}, which is deleted; they do before a topic of that name is made, or at the next start.")]
    public static partial void NameNotForgotten(this ILogger logger, Exception exception, string topic);

    [LoggerMessage(22, LogLevel.Error, "A defect of the broker in its background work on {Loop}, which goes on. Said once for the same fault.")]
    public static partial void LoopFaulted(this ILogger logger, Exception exception, string loop);

    [LoggerMessage(23, LogLevel.Error, "A step of the stop failed by a defect of the broker; the others are taken.")]
    public static partial void StopStepFailed(this ILogger logger, Exception exception);

    [LoggerMessage(13, LogLevel.Information, "Topic {Topic} ({Id}) deleted.")]
    public static partial void TopicDeleted(this ILogger logger, string topic, Guid id);

    [LoggerMessage(15, LogLevel.Error, "{Partition}: old records could not be deleted; it is tried again in the next round.")]
    public static partial void RetentionFailed(this ILogger logger, Exception exception, string partition);

    [LoggerMessage(40, LogLevel.Information, "{Principal} may not {Operation} {ResourceType} {Name} from {Host}, asked by {Api}: {Rule}. Said once until the access control entries change.")]
    public static partial void Denied(
        this ILogger logger, KafkaPrincipal principal, AclOperation operation, ResourceType resourceType, string name, IPAddress host, ApiKey api, string rule);

    [LoggerMessage(41, LogLevel.Information, "Access control entry added by {Principal}: {Entry}.")]
    public static partial void AclAdded(this ILogger logger, KafkaPrincipal principal, AclBinding entry);

    [LoggerMessage(42, LogLevel.Information, "Access control entry removed by {Principal}: {Entry}.")]
    public static partial void AclRemoved(this ILogger logger, KafkaPrincipal principal, AclBinding entry);

    [LoggerMessage(43, LogLevel.Information, "Quota of {Entity} changed by {Principal}: {Changes}.")]
    public static partial void QuotaChanged(this ILogger logger, QuotaEntity entity, KafkaPrincipal principal, string changes);

    [LoggerMessage(50, LogLevel.Information, "{Partition}: compacted below offset {Offset}: {RecordsBefore} records of {BytesBefore} bytes became {RecordsAfter} of {BytesAfter} in {Milliseconds} ms.")]
    public static partial void Compacted(
        this ILogger logger, string partition, long offset, long recordsBefore, long recordsAfter, long bytesBefore, long bytesAfter, long milliseconds);

    [LoggerMessage(51, LogLevel.Error, "{Partition}: could not be compacted; it is tried again in the next round.")]
    public static partial void CompactionFailed(this ILogger logger, Exception exception, string partition);

    [LoggerMessage(52, LogLevel.Error, "{Partition} has damaged records and is not compacted any more while this broker runs: it will grow. Nothing was changed.")]
    public static partial void Uncleanable(this ILogger logger, Exception exception, string partition);

    [LoggerMessage(44, LogLevel.Debug, "Connection from {Client} not taken: {Reason}. {Details}")]
    public static partial void ConnectionNotTaken(this ILogger logger, EndPoint? client, CloseReason reason, string details);

    [LoggerMessage(17, LogLevel.Error, "{Partition} cannot be read at offset {Offset}.")]
    public static partial void ReadFailed(this ILogger logger, Exception exception, string partition, long offset);
}
